package org.relaysupervisor.shows;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.relaysupervisor.config.RelayConfig.Profile;

/** Those of the configuration, by the names under which shows ask for them. */
record Profiles(List<Profile> all) {
    Profiles {
        all = List.copyOf(all);
    }

    Optional<Profile> named(String name) {
        return all.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /** That of the first category that is the name of one, in any case. */
    Optional<String> ofCategories(Collection<String> categories) {
        return categories.stream()
                .flatMap(category ->
                        all.stream().map(Profile::name).filter(name -> name.equalsIgnoreCase(category.strip())))
                .findFirst();
    }

    /** What a show with this profile announces, besides what is announced anyway. */
    Set<String> announced(Optional<String> profile, Set<String> anyway) {
        Set<String> kinds = new HashSet<>(anyway);
        profile.flatMap(this::named).ifPresent(named -> kinds.addAll(named.expected()));
        return kinds;
    }

    List<String> names() {
        return all.stream().map(Profile::name).toList();
    }
}
