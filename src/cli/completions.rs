//! Completion scripts: our own commands and options, and the npm flags that people publish
//! with.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command};
use clap_complete::Shell;

use super::definition::{self, Completions, NPM_ARGUMENTS};
use super::man;
use crate::npmrc::definitions::{self, Type};

/// The keys that `npm help publish` lists, and those for the registry, the credential
/// and the log level.
const NPM_KEYS: [&str; 16] = [
    "access",
    "dry-run",
    "force",
    "foreground-scripts",
    "ignore-scripts",
    "include-workspace-root",
    "json",
    "loglevel",
    "otp",
    "provenance",
    "provenance-file",
    "registry",
    "tag",
    "userconfig",
    "workspace",
    "workspaces",
];
/// The npm version whose values are offered.
const NEWEST_MAJOR: u64 = 12;

/// The completion script for a shell, or the man page. `ids` are the ids that
/// `--allow` and `explain` take.
pub fn completions(what: Completions, ids: &[&'static str]) -> Vec<u8> {
    let shell = match what {
        Completions::Man => return man::page(),
        Completions::Bash => Shell::Bash,
        Completions::Elvish => Shell::Elvish,
        Completions::Fish => Shell::Fish,
        Completions::PowerShell => Shell::PowerShell,
        Completions::Zsh => Shell::Zsh,
    };
    let mut command = completable(definition::bare_command(), ids);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "safe-publish", &mut script);
    if shell == Shell::Bash {
        // clap_complete 4.6 reads the hyphen in our name as a subcommand separator in half of
        // the places, and then finds no completions.
        let text = String::from_utf8_lossy(&script);
        return text
            .replace("safe__subcmd__publish", "safe__publish")
            .into_bytes();
    }
    script
}

/// A command, with completions that go beyond clap's definition.
fn completable(command: Command, ids: &[&'static str]) -> Command {
    let names = |command: &Command| -> Vec<String> {
        let ids = command.get_arguments().map(|arg| arg.get_id().to_string());
        ids.collect()
    };
    let arguments = names(&command);
    let has = |id: &str| arguments.iter().any(|known| known == id);
    let with_ids = PossibleValuesParser::new(ids.to_vec());
    let mut command = command.mut_subcommands(|subcommand| completable(subcommand, ids));
    if has("allow") {
        command = command.mut_arg("allow", |arg| arg.value_parser(with_ids.clone()));
    }
    if has("what") {
        command = command.mut_arg("what", |arg| arg.value_parser(with_ids));
    }
    if has(NPM_ARGUMENTS) {
        command = command.mut_arg(NPM_ARGUMENTS, |arg| {
            arg.value_hint(clap::ValueHint::AnyPath)
        });
        command = command.args(NPM_KEYS.iter().filter_map(|key| npm_flag(key)));
    }
    command
}

/// One of npm's flags, described for clap.
fn npm_flag(key: &'static str) -> Option<Arg> {
    let definition = definitions::find(key, NEWEST_MAJOR)?;
    let arg = Arg::new(key).long(key).help("npm's own");
    if definition.takes(Type::Boolean) {
        return Some(arg.action(ArgAction::SetTrue));
    }
    let values = definition.types.iter().filter_map(|kind| match kind {
        Type::Word(word) => Some(*word),
        _ => None,
    });
    let values: Vec<_> = values.collect();
    Some(if values.is_empty() {
        arg.action(ArgAction::Set)
    } else {
        arg.value_parser(PossibleValuesParser::new(values))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_learns_our_ids_and_the_flags_of_npm() {
        use Completions::{Bash, Fish, Zsh};
        for shell in [Bash, Zsh, Fish] {
            let script = completions(shell, &["version-taken"]);
            let script = String::from_utf8(script).unwrap();
            for word in [
                "version-taken",
                "sarif",
                "provenance-file",
                "restricted",
                "rehearse",
            ] {
                assert!(script.contains(word), "{shell:?}: {word}");
            }
        }
    }

    #[test]
    fn every_key_is_one_of_npms() {
        assert!(NPM_KEYS.iter().all(|key| npm_flag(key).is_some()));
    }
}
