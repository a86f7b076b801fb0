//! Flags by which other tools choose packages. npm ignores them, so that a release would
//! send every package.

use crate::cli::NpmArgs;
use crate::error::Error;

/// The flags of pnpm (`filter`, `filter-prod`, `F`), lerna (`scope`, `since`, `ignore`),
/// Yarn (`include`, `exclude`, `from`), nx (`projects`, `groups`), turbo (`affected`) and
/// Rush (`only`, `to`, `to-except`, `impacted-by`).
const FLAGS: [&str; 18] = [
    "F",
    "affected",
    "exclude",
    "filter",
    "filter-prod",
    "from",
    "groups",
    "ignore",
    "impacted-by",
    "include",
    "only",
    "package",
    "packages",
    "projects",
    "scope",
    "since",
    "to",
    "to-except",
];

/// Refuses the flags of other tools that choose packages. What follows our own `--` is
/// not read.
///
/// # Errors
/// When there is one; the error names `-w`.
pub(super) fn refuse_other_flags(args: &NpmArgs) -> Result<(), Error> {
    if args.unchecked {
        return Ok(());
    }
    let words = args.text();
    let mut read = words.iter().take_while(|word| *word != "--");
    let Some(flag) = read.find_map(|word| other_flag(word)) else {
        return Ok(());
    };
    let cause =
        format!("`{flag}` is how other tools choose packages; `release` would send all of them");
    Err(Error::new("choosing packages", cause)
        .next("name each package: safe-publish release -w NAME")
        .wrong_usage())
}

/// The flag without its value, where it is one of them.
fn other_flag(word: &str) -> Option<&str> {
    let flag = word.split('=').next().unwrap_or(word);
    let name = flag.trim_start_matches('-');
    let hyphens = flag.len() - name.len();
    let is_written_so = hyphens == if name == "F" { 1 } else { 2 };
    (is_written_so && FLAGS.contains(&name)).then_some(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> Option<String> {
        let args = NpmArgs {
            args: line.split_whitespace().map(Into::into).collect(),
            unchecked: false,
        };
        refuse_other_flags(&args).err().map(|error| {
            assert_eq!(error.exit_code(), 2);
            error.to_string()
        })
    }

    #[test]
    fn flags_that_would_choose_packages_elsewhere_are_refused() {
        for line in [
            "--filter=cat",
            "--filter cat",
            "--tag next -F cat",
            "--scope @acme/*",
            "--since=main",
            "--ignore cat",
        ] {
            let error = refused(line).expect(line);
            assert!(error.contains("release -w NAME"), "{line}: {error}");
        }
        for line in [
            "-w cat",
            "cat",
            "--tag next",
            "-f",
            "--ignore-scripts",
            "--include-workspace-root",
            "--tag=filter",
            "-- --filter cat",
        ] {
            assert_eq!(refused(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_handed_on_unread_is_not_looked_at() {
        let args = NpmArgs::made(&["--filter=cat".to_owned()]);
        assert!(refuse_other_flags(&args).is_ok());
    }
}
