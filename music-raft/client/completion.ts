import type { Command } from 'commander'

/** A command's name with those above it, and what can follow it. */
interface Completion {
  readonly path: string
  readonly words: readonly string[]
}

/** A completion script for the program as it is, so that none of its options can be forgotten. */
export function completionScript(program: Command, shell: 'bash' | 'zsh'): string {
  const name = program.name()
  const cases = completionsOf(program, '', globalOptions(program))
    .map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`)
    .join('\n')
  const completion = `_${name.replaceAll('-', '_')}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${commandNames(program).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # The only argument that is a file.
  [ "$path" = load ] && COMPREPLY+=($(compgen -f -- "$current"))
  return 0
}
complete -o filenames -F _${name.replaceAll('-', '_')} ${name}
`
  const zsh = '#compdef music-queue\nautoload -U +X bashcompinit && bashcompinit\n'
  return shell === 'bash' ? completion : zsh + completion
}

function completionsOf(
  command: Command,
  path: string,
  shared: readonly string[],
): readonly Completion[] {
  const own = command.options.flatMap(({ long }) =>
    long === null || long === undefined ? [] : [long],
  )
  const below = command.commands.map((sub) => sub.name())
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  const words = [...new Set([...below, ...values, ...own, ...shared, '--help'])]
  return [
    { path, words },
    ...command.commands.flatMap((sub) =>
      completionsOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`, shared),
    ),
  ]
}

function globalOptions(program: Command): readonly string[] {
  return program.options.flatMap(({ long }) => (long === null || long === undefined ? [] : [long]))
}

function commandNames(command: Command): readonly string[] {
  const names = command.commands.flatMap((sub) => [sub.name(), ...commandNames(sub)])
  return [...new Set(names)]
}
