//! The flag, variable or line that decided a setting.

use std::fmt;
use std::path::PathBuf;

/// The origin of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line, as written (`--registry`).
    CommandLine {
        /// The flag without its value.
        flag: String,
    },
    /// An environment variable, by its exact name.
    Variable {
        /// The variable's name.
        name: String,
    },
    /// A line of an .npmrc.
    File(FilePosition),
    /// A key of package.json, usually under `/publishConfig`.
    Manifest {
        /// The manifest's path.
        path: PathBuf,
        /// The key as a JSON pointer (RFC 6901).
        pointer: String,
    },
    /// npm's own default.
    Default,
}

/// A position in a text file. Lines and columns count from 1; columns count characters, not
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePosition {
    /// Which of npm's files it is.
    pub layer: Layer,
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column of the value (or of the key if there is no value), from 1.
    pub column: usize,
}

/// npm's configuration layers, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Flags.
    CommandLine,
    /// `npm_config_*` variables.
    Environment,
    /// `.npmrc` next to the package.json in the folder that npm uses as the project's root.
    Project,
    /// `~/.npmrc`, or the file that `userconfig` names.
    User,
    /// `<prefix>/etc/npmrc`, or the file that `globalconfig` names.
    Global,
    /// The `npmrc` in npm's own folder.
    Builtin,
    /// npm's defaults.
    Default,
}

impl Layer {
    /// npm's name for the layer.
    pub fn name(self) -> &'static str {
        match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::Project => "project",
            Self::User => "user",
            Self::Global => "global",
            Self::Builtin => "builtin",
            Self::Default => "default",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine { flag } => f.write_str(flag),
            Self::Variable { name } => write!(f, "variable {name}"),
            Self::File(at) => write!(f, "{}:{}:{}", at.path.display(), at.line, at.column),
            Self::Manifest { path, pointer } => {
                let key = pointer.trim_start_matches('/').replace('/', ".");
                write!(
                    f,
                    "{} in {}",
                    key.replace("~1", "/").replace("~0", "~"),
                    path.display()
                )
            }
            Self::Default => f.write_str("npm's default"),
        }
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Resolved<T> {
    /// A value and its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    /// A value that no layer sets.
    pub fn default_value(value: T) -> Self {
        Self::new(value, Origin::Default)
    }
}
