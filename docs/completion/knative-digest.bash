# bash completion of knative-digest. Written by `npm run docs`.

_knative_digest() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}" verb="" words="" each
  COMPREPLY=()
  for each in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in check | pin | update | unpin | list | resolve | explain) verb="$each" && break ;; esac
  done
  case "$before" in
    --output) words="text json sarif github" ;;
    --fail-on) words="error warning information hint never" ;;
    --skip-registries) return ;;
    --pin-style) words="tag-and-digest digest digest-and-comment" ;;
    --jobs) return ;;
    --timeout) return ;;
    --ca-file) words="" ;;
    --insecure) return ;;
    --config) words="" ;;
    --exclude) return ;;
    --pull-secret) words="" ;;
    --context) return ;;
    --min-age) return ;;
    *)
      if [[ "$word" == -* ]]; then
        words="--version --output --offline --fail-on --skip-registries --pin-style --jobs --timeout --ca-file --insecure --config --kubernetes-workloads --exclude --pull-secret --verbose --no-color --help"
        case "$verb" in
          check) words="$words --cluster --context" ;;
          pin) words="$words --diff --min-age --from-cluster --context" ;;
          update) words="$words --diff --min-age" ;;
          unpin) words="$words --diff" ;;
          list) words="$words --cluster --context" ;;
        esac
      elif [[ -z "$verb" ]]; then
        words="check pin update unpin list resolve explain"
      fi
      ;;
  esac
  while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -W "$words" -- "$word")
}

complete -o default -F _knative_digest knative-digest kubectl-knative_digest kn-digest
