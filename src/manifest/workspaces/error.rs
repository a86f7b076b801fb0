//! Why workspaces cannot be read.

use std::path::PathBuf;

use crate::manifest::ManifestError;

/// Why a workspace cannot be read. npm stops at each of these.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// `workspaces` is neither an array nor an object with `packages`.
    #[error(
        "workspaces in {} must be an array of patterns, or an object with such an array as \
         packages: correct it",
        path.display()
    )]
    BadDeclaration {
        /// The root's package.json.
        path: PathBuf,
        /// The value found instead.
        found: Malformed,
    },
    /// A pattern that npm's glob cannot process: `!.`.
    #[error("workspaces in {} excludes the root itself, which npm cannot handle: remove `!.`", path.display())]
    BadPattern {
        /// The root's package.json.
        path: PathBuf,
    },
    /// The patterns match more folders than we read.
    #[error(
        "workspaces in {} expands to too many patterns or folders: shorten its braces and stars",
        path.display()
    )]
    TooLarge {
        /// The root's package.json.
        path: PathBuf,
    },
    /// pnpm-workspace.yaml or lerna.json cannot be read.
    #[error("{} {problem}: correct it", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A pattern that matches no package.
    #[error("`{pattern}` in {} matches no folder with a package.json: correct the pattern, or remove it", path.display())]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// The file that holds it.
        path: PathBuf,
    },
    /// Two members have the same name.
    #[error(
        "two workspace members are called {name}: {} and {}; rename one of them",
        first.display(), second.display()
    )]
    SameName {
        /// The name.
        name: String,
        /// One folder.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A member's package.json exists, but npm cannot use it.
    #[error(transparent)]
    Member(#[from] ManifestError),
    /// Nothing that `-w` names exists, or there are no members at all.
    #[error("{}", not_found(filters))]
    NotFound {
        /// The values of `-w`; empty if all members were wanted.
        filters: Vec<String>,
    },
}

/// What is malformed in `workspaces`: the whole value, or one of its patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// `null` for all of it.
    Null,
    /// Neither an array nor an object with an array as `packages`.
    NotAnArray,
    /// `null` for a pattern.
    NullPattern,
    /// A pattern that is not a string.
    NotText,
}

impl Malformed {
    /// npm's message. Only one of them is meant for people.
    fn npm_says(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::Null => (None, "Cannot read properties of null (reading 'packages')"),
            Self::NotAnArray => (
                Some("EWORKSPACESCONFIG"),
                "workspaces config expects an Array",
            ),
            Self::NullPattern => (None, "Cannot read properties of null (reading 'match')"),
            Self::NotText => (None, "pattern.match is not a function"),
        }
    }
}

impl WorkspaceError {
    /// npm's message, where it can be predicted.
    pub fn npm_says(&self) -> Option<crate::finding::Prediction> {
        let (code, text) = match self {
            Self::BadDeclaration { found, .. } => {
                let (code, text) = found.npm_says();
                (code, text.to_owned())
            }
            Self::BadPattern { .. } => (None, "empty pattern list".to_owned()),
            // Where we give up, npm may still succeed; and it does not read other tools' files.
            Self::TooLarge { .. } | Self::BadFile { .. } | Self::NoMatch { .. } => return None,
            Self::SameName { name, .. } => (
                Some("EDUPLICATEWORKSPACE"),
                format!(
                    "must not have multiple workspaces with the same name\npackage '{name}' has \
                     conflicts in the following paths:"
                ),
            ),
            Self::Member(error) => return error.npm_says(),
            Self::NotFound { filters } => (None, npms_not_found(filters)),
        };
        Some(crate::finding::Prediction {
            code: code.map(str::to_owned),
            text,
        })
    }
}

/// What is wrong, and what to do.
fn not_found(filters: &[String]) -> String {
    if filters.is_empty() {
        return "npm would say \"No workspaces found!\", because package.json lists no members: \
                list them as `workspaces`, or publish without `--workspaces`"
            .to_owned();
    }
    let names: Vec<String> = filters.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "npm would say \"No workspaces found\", because no member is called {}: name a member \
         by its name or its folder",
        names.join(" or ")
    )
}

/// npm's message.
fn npms_not_found(filters: &[String]) -> String {
    if filters.is_empty() {
        return "No workspaces found!".to_owned();
    }
    let flags: Vec<String> = filters
        .iter()
        .map(|filter| format!(" --workspace={filter}"))
        .collect();
    format!("No workspaces found:\n {}", flags.concat())
}
