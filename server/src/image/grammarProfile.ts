// What differs between the reference grammars of Knative's releases, as data.

/** The rules of image references that a Knative release can change. */
export interface GrammarProfile {
  /** Fewest characters of a repository. */
  readonly minRepositoryLength: number;
  /** Whether `nginx:` (nothing after the colon) is refused instead of meaning `latest`. */
  readonly emptyTagRefused: boolean;
  /** Whether `localhost/…` names the registry `localhost` instead of a Docker Hub repository. */
  readonly localhostIsRegistry: boolean;
  /** Whether names under `.local` may be contacted over http. */
  readonly dotLocalOverHttp: boolean;
  /** Whether `127.0.0.1` and `::1` must be the whole host to be contacted over http. */
  readonly loopbackAnchored: boolean;
}

/**
 * The grammar of Knative 1.0–1.23: go-containerregistry v0.13.0–v0.20.3 `pkg/name`, weak validation.
 * Both versions gave the same answers on every string compared.
 */
export const currentGrammar: GrammarProfile = {
  minRepositoryLength: 2,
  emptyTagRefused: false,
  localhostIsRegistry: false,
  dotLocalOverHttp: true,
  loopbackAnchored: false,
};

/** The grammar of go-containerregistry's main branch, which a Knative release after 1.23 may take up. */
export const upcomingGrammar: GrammarProfile = {
  minRepositoryLength: 1,
  emptyTagRefused: true,
  localhostIsRegistry: true,
  dotLocalOverHttp: false,
  loopbackAnchored: true,
};
