package org.relaysupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.relaysupervisor.config.Secret;

class SecretMaskTest {
    private final SecretMask mask = new SecretMask();

    @Test
    void knownSecretsBecomeStarsTheLongestFirst() {
        mask.secrets(List.of(new Secret("hackme"), new Secret("hackme-too"), new Secret("a$b\\c")));
        assertThat(mask.apply("login hackme-too and hackme, a$b\\c")).isEqualTo("login *** and ***, ***");
    }

    @Test
    void tooShortASecretIsNotMaskedForItWouldHideEverything() {
        mask.secrets(List.of(new Secret("a"), new Secret("")));
        assertThat(mask.apply("a cat")).isEqualTo("a cat");
    }

    @Test
    void theSecretsCanBeReplaced() {
        mask.secrets(List.of(new Secret("before")));
        mask.secrets(List.of(new Secret("after")));
        assertThat(mask.apply("before after")).isEqualTo("before ***");
    }

    @Test
    void authorizationHeadersAreMaskedInEveryDress() {
        assertThat(mask.apply("Authorization: Basic c291cmNlOmhhY2ttZQ==")).isEqualTo("Authorization: ***");
        assertThat(mask.apply("[(\"authorization\", \"Digest username=\\\"x\\\", response=\\\"y\\\"\")]"))
                .isEqualTo("[(\"authorization: ***");
        assertThat(mask.apply("got Basic c291cmNlOmhhY2ttZQ== from client")).isEqualTo("got Basic *** from client");
    }

    @Test
    void passwordsInUrlsAreMasked() {
        assertThat(mask.apply("open icecast://source:p@ss:w@127.0.0.1:8000/live failed"))
                .isEqualTo("open icecast://source:***@127.0.0.1:8000/live failed");
        assertThat(mask.apply("GET /admin/metadata?mount=/live&pass=abc&song=x"))
                .isEqualTo("GET /admin/metadata?mount=/live&pass=***&song=x");
    }

    @Test
    void ordinaryLinesAreLeftAlone() {
        String line = "connect http://127.0.0.1:8000/live@night, 3 listeners";
        assertThat(mask.apply(line)).isEqualTo(line);
    }
}
