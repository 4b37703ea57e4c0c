/** A verb as a shell completes it. */
export interface CompletedVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
}

/** An option as a shell completes it. */
export interface CompletedOption {
  /** Such as `-i` and `--interactive`. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly takesValue: boolean;
}

const flags = ({ options }: CompletedVerb) => options.flatMap(({ names }) => names);

/** A script for bash: verbs first, then options where a dash stands, else files. */
export function renderBash(verbs: readonly CompletedVerb[]): string {
  const cases = verbs.map((verb) => `    ${verb.name}) words='${flags(verb).join(' ')}' ;;`);
  return `# bash completion for sslkit
_sslkit() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${verbs.map(({ name }) => name).join(' ')}' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  # Without words readline completes files, and knows how to quote them.
  [[ $current == -* ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sslkit sslkit
`;
}

// In single quotes of zsh and fish, and within the brackets of zsh's descriptions.
const quoteZsh = (text: string) => text.replaceAll("'", "'\\''").replaceAll(/[[\]:\\]/g, '\\$&');
const quoteFish = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");

/** A script for zsh, with descriptions. */
export function renderZsh(verbs: readonly CompletedVerb[]): string {
  const names = verbs.map(({ name, summary }) => `    '${name}:${quoteZsh(summary)}'`);
  const cases = verbs.map((verb) => {
    const specs = verb.options.flatMap(({ names: optionNames, summary, takesValue }) =>
      optionNames.map((name) => `'${name}[${quoteZsh(summary)}]${takesValue ? ':value:_files' : ''}'`),
    );
    return `      ${verb.name}) _arguments ${specs.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef sslkit
_sslkit() {
  local -a verbs
  verbs=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
  else
    local verb=$words[2]
    shift words
    (( CURRENT-- ))
    case $verb in
${cases.join('\n')}
    esac
  fi
}
if [ "$funcstack[1]" = _sslkit ]; then _sslkit "$@"; else compdef _sslkit sslkit; fi
`;
}

/** A script for fish, with descriptions. */
export function renderFish(verbs: readonly CompletedVerb[]): string {
  const lines = verbs.flatMap(({ name, summary, options }) => [
    `complete -c sslkit -n __fish_use_subcommand -f -a ${name} -d '${quoteFish(summary)}'`,
    ...options.map(({ names, summary: text, takesValue }) => {
      const spelled = names.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = takesValue ? ' -r' : '';
      return `complete -c sslkit -n '__fish_seen_subcommand_from ${name}' ${spelled.join(' ')}${value} -d '${quoteFish(text)}'`;
    }),
  ]);
  return `# fish completion for sslkit\n${lines.join('\n')}\n`;
}
