// Plays /live as it is, or /hls/live.m3u8: natively where the browser can, else by hls.js. It never plays unasked: iOS
// lets an element play only after a touch, and keeps that leave for the element, so there is one <audio> for everything.

const MP3 = "/live";
const HLS = "/hls/live.m3u8";
const HLS_LIBRARY = "/hls.light.min.js";
const TITLE_EVERY_MS = 15_000;
const STALLED_MS = 8000;
const LONGEST_RETRY_MS = 15_000;

const audio = document.getElementById("audio");
const state = document.getElementById("state");
let way = "mp3";
let player; // hls.js, while it plays
let wanted = false; // the listener asked to play, and did not ask to stop
let loading = false; // a pause that comes from loading a source is not the listener's
let retryMs = 1000;
let retryTimer;
let lastTime = 0;
let movedAt = Date.now();

// Safari plays HLS best itself (in the background, by AirPlay); it alone has ManagedMediaSource, and old iPhones have neither.
// Other browsers may say that they can, too, and are better served by hls.js.
const nativeHls = () =>
  audio.canPlayType("application/vnd.apple.mpegurl") !== "" &&
  ("ManagedMediaSource" in window || !("MediaSource" in window));

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

function library() {
  if (window.Hls) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = HLS_LIBRARY;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function load() {
  loading = true;
  movedAt = Date.now();
  player?.destroy();
  player = undefined;
  try {
    if (way === "mp3") audio.src = `${MP3}?t=${Date.now()}`;
    else if (nativeHls()) audio.src = HLS;
    else await loadByLibrary();
    if (wanted) await audio.play();
  } catch (failure) {
    if (wanted && failure.name !== "AbortError") again();
  } finally {
    loading = false;
  }
}

async function loadByLibrary() {
  await library();
  if (!window.Hls.isSupported()) {
    way = "mp3";
    audio.src = MP3;
    say("This browser cannot play HLS; playing the MP3 stream.");
    return;
  }
  player = new window.Hls({ enableWorker: false, liveDurationInfinity: true });
  player.on(window.Hls.Events.ERROR, (_, error) => {
    if (!error.fatal) return;
    if (error.type === window.Hls.ErrorTypes.MEDIA_ERROR) player?.recoverMediaError();
    else if (wanted) again();
  });
  player.loadSource(HLS);
  player.attachMedia(audio);
}

function again() {
  clearTimeout(retryTimer);
  say("Connecting again …");
  retryTimer = setTimeout(load, retryMs);
  movedAt = Date.now() + retryMs;
  retryMs = Math.min(LONGEST_RETRY_MS, 2 * retryMs);
}

audio.addEventListener("play", () => {
  // A stream that was paused goes on with what is on the air now, not with what was then.
  const stale = !wanted && !loading && audio.currentTime > 0;
  wanted = true;
  if (stale) load();
});
audio.addEventListener("pause", () => {
  if (loading || audio.error || audio.ended) return;
  wanted = false;
  clearTimeout(retryTimer);
  say("");
});
audio.addEventListener("playing", () => {
  retryMs = 1000;
  say("Playing");
});
audio.addEventListener("error", () => wanted && !player && again());
audio.addEventListener("ended", () => wanted && again());

setInterval(() => {
  if (audio.currentTime !== lastTime || !wanted) {
    lastTime = audio.currentTime;
    movedAt = Math.max(movedAt, Date.now());
  } else if (Date.now() - movedAt > STALLED_MS) again();
}, 1000);

for (const input of document.querySelectorAll("input[name=way]")) {
  input.addEventListener("change", () => {
    way = input.value;
    clearTimeout(retryTimer);
    load();
  });
}

async function nowPlaying() {
  try {
    const { station, title } = await (await fetch("/now.json")).json();
    document.title = title ? `${title} · ${station}` : station;
    document.getElementById("station").textContent = station;
    const line = document.getElementById("title");
    if (line.textContent !== (title ?? "")) line.textContent = title ?? "";
    if ("mediaSession" in navigator) {
      navigator.mediaSession.metadata = new MediaMetadata({ title: title ?? station, artist: station });
    }
  } catch {
    return; // the page plays without titles
  }
}

document.getElementById("choice").hidden = false;
nowPlaying();
setInterval(() => document.visibilityState === "visible" && nowPlaying(), TITLE_EVERY_MS);
