//! Which tool published, and with which npm.

use crate::explain::log::{Line, Log, NpmPrefix};
use crate::explain::text::Text;

/// The tools that publish, or that start npm to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Tool {
    /// Bun, which has its own client.
    Bun,
    /// pnpm 11 and later, which have their own client; earlier ones start npm, whose text is in
    /// the log.
    Pnpm,
    /// yarn 2 and later.
    YarnBerry,
    /// yarn 1.
    YarnClassic,
    /// lerna, with its major version.
    Lerna(Option<u64>),
    /// Nx.
    Nx,
    /// changesets.
    Changesets,
    /// semantic-release, with its major version.
    SemanticRelease(Option<u64>),
    /// np.
    Np,
    /// release-it.
    ReleaseIt,
    /// The GitHub Action JS-DevTools/npm-publish.
    NpmPublishAction,
}

/// Words, separated by `|`, that only one tool writes. The first one found decides, so tools that
/// start others come first.
const MARKS: [(Tool, &str); 11] = [
    (
        Tool::SemanticRelease(None),
        "[semantic-release]|@semantic-release/npm",
    ),
    (
        Tool::Lerna(None),
        "lerna ERR!|lerna notice cli v|lerna info|lerna WARN",
    ),
    (Tool::Changesets, "🦋"),
    (Tool::Nx, "nx-release-publish|release-publish.impl"),
    (
        Tool::NpmPublishAction,
        "JS-DevTools/npm-publish|NpmCallError",
    ),
    (Tool::ReleaseIt, "git.io/release-it"),
    (
        Tool::Np,
        "Publish a new version of |Publishing package using npm|node_modules/np/|\
         Prerequisite check|Verify user is authenticated|Verify package entry points|\
         Check for pre-release version|Check git tag existence",
    ),
    (Tool::Bun, "bun publish v|bunx npm login"),
    (Tool::YarnBerry, "YN00|yarn npm publish"),
    (
        Tool::YarnClassic,
        "yarn publish v|docs/cli/publish|Couldn't publish package|error An unexpected error occurred: \"",
    ),
    (
        Tool::Pnpm,
        "ERR_PNPM_|Skipped OIDC:|publish-with-pnpm|pnpm/dist/pnpm.|pnpm publish|pnpm help publish",
    ),
];

impl Tool {
    /// The tool of a log; `None` if it is npm itself, or unknown.
    pub(super) fn of(log: &Log) -> Option<Self> {
        let has = |marks: &str| marks.split('|').any(|mark| log.raw_contains(mark));
        let (tool, _) = MARKS.iter().find(|(_, marks)| has(marks))?;
        Some(match tool {
            Self::Lerna(_) => Self::Lerna(major_after(log, "cli v")),
            Self::SemanticRelease(_) => {
                Self::SemanticRelease(major_after(log, "semantic-release version "))
            }
            tool => *tool,
        })
    }

    /// The name, as people write it.
    pub(in crate::explain) fn name(self) -> &'static str {
        match self {
            Self::Bun => "bun",
            Self::Pnpm => "pnpm",
            Self::YarnBerry => "yarn",
            Self::YarnClassic => "yarn 1",
            Self::Lerna(_) => "this lerna",
            Self::Nx => "Nx",
            Self::Changesets => "changesets",
            Self::SemanticRelease(_) => "this semantic-release",
            Self::Np => "np",
            Self::ReleaseIt => "release-it",
            Self::NpmPublishAction => "the action npm-publish",
        }
    }

    /// Whether it publishes without npm.
    pub(in crate::explain) fn is_a_client(self) -> bool {
        matches!(
            self,
            Self::Bun | Self::Pnpm | Self::YarnBerry | Self::YarnClassic | Self::Lerna(_)
        )
    }

    /// Whether it exchanges identity tokens without npm.
    pub(super) fn exchanges_by_itself(self) -> bool {
        match self {
            Self::Pnpm | Self::YarnBerry => true,
            Self::Lerna(major) => major.is_none_or(|major| major >= 9),
            Self::SemanticRelease(major) => major.is_none_or(|major| major >= 25),
            _ => false,
        }
    }

    /// Whether it has no trusted publishing, whatever npm is installed.
    pub(in crate::explain) fn knows_no_exchange(self) -> bool {
        match self {
            Self::Bun | Self::YarnClassic => true,
            Self::Lerna(major) => major.is_some_and(|major| major < 9),
            Self::SemanticRelease(major) => major.is_some_and(|major| major < 25),
            _ => false,
        }
    }
}

fn major_after(log: &Log, before: &str) -> Option<u64> {
    number_after(log, before).map(|(major, ..)| major)
}

type Numbers = (u64, u64, u64);

/// What is known about the npm that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) struct NpmVersion {
    /// If the log names it.
    exact: Option<Numbers>,
    /// It is this one or a later one, by its words.
    from: Option<Numbers>,
    /// It is older than this, by its words.
    below: Option<Numbers>,
    /// By the prefix of its errors.
    prefix: Option<NpmPrefix>,
}

/// npm 10.6 changed `npm ERR!` to `npm error`.
const NEW_PREFIX: Numbers = (10, 6, 0);

/// npm 11.5 changed its sentence about a 404, and began to exchange identity tokens.
const NEW_SENTENCE: Numbers = (11, 5, 1);

impl NpmVersion {
    /// What a log, and its text in comparable form, say about npm.
    pub(super) fn of(log: &Log, everything: &Text) -> Self {
        const EXACT: &str = "\
            using npm@|version of npm available! |npm  v|npm v|\"npm\": \"|npm/|npm version |\
            npm : |npm: '|npm: |npm version: ";
        const OLD_SENTENCE: &str = "' is not in this registry";
        const SENTENCE: &str = "could not be found or you do not have permission to access it";
        let prefixes = || log.lines.iter().filter_map(|line| line.prefix);
        let prefix = prefixes()
            .find(|prefix| *prefix != NpmPrefix::Log)
            .or_else(|| prefixes().next());
        let is_old = everything.says(OLD_SENTENCE);
        let is_new = everything.says(SENTENCE);
        let by_sentence = |is: bool| is.then_some(NEW_SENTENCE);
        let by_prefix = |wanted: NpmPrefix| (prefix == Some(wanted)).then_some(NEW_PREFIX);
        Self {
            exact: number_after(log, EXACT).or_else(|| printed(log)),
            from: by_sentence(is_new && !is_old).or(by_prefix(NpmPrefix::Error)),
            below: by_prefix(NpmPrefix::Err).or(by_sentence(is_old && !is_new)),
            prefix,
        }
    }

    /// Whether it is older.
    pub(in crate::explain) fn is_below(self, version: Numbers) -> bool {
        match self.exact {
            Some(exact) => exact < version,
            None => self.below.is_some_and(|below| below <= version),
        }
    }

    /// Whether it is older whatever the sentence of its 404: people put the lines of several runs
    /// together.
    pub(super) fn is_proven_below(self, version: Numbers) -> bool {
        let by_prefix = self.prefix == Some(NpmPrefix::Err) && NEW_PREFIX <= version;
        self.exact.map_or(by_prefix, |exact| exact < version)
    }

    /// Whether it is that one or a later one.
    pub(in crate::explain) fn is_from(self, version: Numbers) -> bool {
        let known = self.exact.or(self.from);
        known.is_some_and(|known| known >= version)
    }

    /// Whether a line has npm's error prefix.
    pub(in crate::explain) fn has_prefix(self) -> bool {
        self.prefix.is_some()
    }

    /// As users write it: `11.4.2`.
    pub(in crate::explain) fn shown(self) -> Option<String> {
        self.exact
            .map(|(major, minor, patch)| format!("{major}.{minor}.{patch}"))
    }
}

/// What `npm --version` printed: a version alone on its line. The last one counts, because jobs
/// print it again after an upgrade.
fn printed(log: &Log) -> Option<Numbers> {
    const BEHIND: usize = 12;
    let asks = |line: &Line| line.text.contains("npm -v") || line.text.contains("npm --version");
    let asked = log.lines.iter().rposition(asks)?;
    let mut behind = log.lines[asked..].iter().take(BEHIND);
    let version = behind.find_map(|line| semver::Version::parse(&line.text).ok())?;
    Some((version.major, version.minor, version.patch))
}

/// The first version after one of these phrases, which `|` separates.
fn number_after(log: &Log, before: &str) -> Option<Numbers> {
    log.lines.iter().find_map(|line| {
        before.split('|').find_map(|before| {
            // `npm version `, but not that of `pnpm version `.
            let (begin, rest) = line.text.split_once(before)?;
            if begin.ends_with(char::is_alphanumeric) {
                return None;
            }
            let mut numbers = rest
                .split(|c: char| !c.is_ascii_digit())
                .map(str::parse::<u64>);
            let major = numbers.next()?.ok()?;
            let minor = numbers.next()?.ok()?;
            let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
            (1..100).contains(&major).then_some((major, minor, patch))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npms_version_comes_from_its_notices_or_its_prefix() {
        let of = |text: &str| NpmVersion::of(&Log::of_text(text), &Text::of(text));
        let noticed = of("npm notice New major version of npm available! 10.9.4 -> 11.16.0");
        assert_eq!(noticed.shown().as_deref(), Some("10.9.4"));
        assert!(noticed.is_below((11, 5, 1)) && !noticed.is_from((11, 0, 0)));
        assert!(of("npm ERR! code E404").is_below((11, 5, 1)));
        assert!(of("npm error code E404").is_from((10, 6, 0)));
        assert!(!of("npm error code E404").is_below((11, 5, 1)));
        let old = of("npm error 404  'cat@1.0.0' is not in this registry.");
        assert!(old.is_below((11, 5, 1)) && old.is_from((10, 6, 0)));
        let new = "npm error 404  The requested resource 'cat@1.0.0' could not be found or you \
                   do not have permission to access it.";
        assert!(of(new).is_from((11, 5, 1)));
    }

    #[test]
    fn a_tool_that_starts_another_is_the_one() {
        let of = |text: &str| Tool::of(&Log::of_text(text));
        assert_eq!(
            of("lerna notice cli v8.1.9\nlerna ERR! E404"),
            Some(Tool::Lerna(Some(8)))
        );
        assert_eq!(of("npm error code E404"), None);
        assert_eq!(of("➤ YN0035: Not found"), Some(Tool::YarnBerry));
    }
}
