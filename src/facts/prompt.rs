//! Whether npm can ask a person for a one-time password.

use crate::ci::Ci;
use crate::environment::Terminals;
use crate::plan::Launch;

/// Whether npm can ask a person for a one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// npm is about to start on a terminal.
    Possible,
    /// npm is about to start without a terminal, or in a CI job.
    Impossible,
    /// npm will be started later by another process, whose terminal we do not know.
    Unknown,
}

impl Prompt {
    /// npm asks only if standard input and standard output are terminals, also in a CI job.
    pub fn of(launch: Launch, terminals: Terminals, ci: &Ci) -> Self {
        match launch {
            Launch::Here if terminals.stdin && terminals.stdout => Self::Possible,
            Launch::Here => Self::Impossible,
            Launch::Elsewhere if ci.name.is_some() => Self::Impossible,
            Launch::Elsewhere => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminals(stdin: bool, stdout: bool) -> Terminals {
        Terminals {
            stdin,
            stdout,
            stderr: true,
            outputs_are_one: false,
        }
    }

    #[test]
    fn our_own_streams_count_only_where_npm_starts_here() {
        let developer = Ci::default();
        for stdin in [false, true] {
            for stdout in [false, true] {
                let streams = terminals(stdin, stdout);
                let elsewhere = Prompt::of(Launch::Elsewhere, streams, &developer);
                assert_eq!(elsewhere, Prompt::Unknown);
                let here = Prompt::of(Launch::Here, streams, &developer);
                assert_eq!(here == Prompt::Possible, stdin && stdout);
                assert_ne!(here, Prompt::Unknown);
            }
        }
    }

    #[test]
    fn no_prompt_is_possible_in_a_ci_job_that_starts_npm_later() {
        let job = Ci {
            name: Some("GitHub Actions"),
            ..Ci::default()
        };
        for streams in [terminals(true, true), terminals(false, false)] {
            assert_eq!(
                Prompt::of(Launch::Elsewhere, streams, &job),
                Prompt::Impossible
            );
        }
    }
}
