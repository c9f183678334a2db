// What a dashboard's JSON may be: Grafana's own types, with enumerations as the texts that they are in JSON, and each panel with the
// options of its type.
import type { Dashboard, Panel } from '@grafana/schema';
import type { PrometheusDataQuery } from '@grafana/schema/dist/esm/raw/composable/prometheus/dataquery/x/PrometheusDataQuery_types.gen.js';
import type { Options as StatOptions } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type { FieldConfig as TimelineField, Options as TimelineOptions } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js';
import type { FieldConfig as SeriesField, Options as SeriesOptions } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';

type Json<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends (infer Item)[]
      ? Json<Item>[]
      : T extends object
        ? { [Key in keyof T]: Json<T[Key]> }
        : T;

type Query = Omit<PrometheusDataQuery, 'datasource'> & { datasource?: { type: 'prometheus'; uid: string } };

type Fields = NonNullable<Panel['fieldConfig']>;

type Of<Type extends string, Options, Field> = Omit<Panel, 'type' | 'options' | 'targets' | 'fieldConfig'> & {
  type: Type;
  options: Partial<Options>;
  targets: Query[];
  fieldConfig: { defaults: Omit<Fields['defaults'], 'custom'> & { custom?: Partial<Field> }; overrides: Fields['overrides'] };
};

type AnyPanel =
  | Of<'stat', StatOptions, never>
  | Of<'state-timeline', TimelineOptions, TimelineField>
  | Of<'timeseries', SeriesOptions, SeriesField>;

type Annotation = NonNullable<NonNullable<Dashboard['annotations']>['list']>[number] & {
  expr: string;
  step: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
};

export type Checked = Json<Omit<Dashboard, 'panels' | 'annotations'> & { panels: AnyPanel[]; annotations: { list: Annotation[] } }>;
