//! npm's configuration keys with their types. The types decide how a value is
//! read, whether a flag takes the next argument, and what is refused.

mod table;

/// One alternative of a key's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as npm names them")]
pub enum Type {
    Null,
    False,
    Boolean,
    Number,
    Text,
    Path,
    Url,
    Date,
    Semver,
    Umask,
    /// Repeatable.
    List,
    /// One of the machine's own addresses.
    Address,
    /// Exactly this word.
    Word(&'static str),
    /// Exactly this number.
    Is(i32),
}

/// A key of npm's configuration.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The key as written in files.
    pub key: &'static str,
    /// The types that it accepts, in the order in which npm tries them.
    pub types: &'static [Type],
    /// The first major version, from 10 on, that has it with these types.
    pub first: u64,
    /// The last major version, up to 12, that has it with these types.
    pub last: u64,
}

/// The definition of a key for a major version of npm. Versions before 10 count as 10, later
/// ones than 12 as 12.
pub fn find(key: &str, major: u64) -> Option<&'static Definition> {
    let start = table::ALL.partition_point(|definition| definition.key < key);
    table::ALL[start..]
        .iter()
        .take_while(|definition| definition.key == key)
        .find(|definition| definition.known_to(major))
}

/// Every key that a major version of npm knows.
pub fn all(major: u64) -> impl Iterator<Item = &'static Definition> {
    table::ALL
        .iter()
        .filter(move |definition| definition.known_to(major))
}

impl Definition {
    fn known_to(&self, major: u64) -> bool {
        (self.first..=self.last).contains(&major.clamp(10, 12))
    }

    /// Whether one of the alternatives is this type.
    pub fn takes(&self, wanted: Type) -> bool {
        self.types.contains(&wanted)
    }

    /// What it accepts, in npm's wording.
    pub fn describe(&self) -> String {
        if self.takes(Type::Url) {
            return "full url with \"http://\"".to_owned();
        }
        let all: Vec<_> = self
            .types
            .iter()
            .filter(|&&kind| kind != Type::List)
            .map(|kind| match kind {
                Type::Null => "null".to_owned(),
                Type::False => "false".to_owned(),
                Type::Boolean => "boolean value (true or false)".to_owned(),
                Type::Number => "numeric value".to_owned(),
                Type::Text => "string".to_owned(),
                Type::Path => "valid filesystem path".to_owned(),
                Type::Url | Type::List => String::new(),
                Type::Date => "valid Date string".to_owned(),
                Type::Semver => "full valid SemVer string".to_owned(),
                Type::Umask => "octal number in range 0o000..0o777 (0..511)".to_owned(),
                Type::Address => "one of this machine's addresses".to_owned(),
                Type::Word(word) => (*word).to_owned(),
                Type::Is(number) => number.to_string(),
            })
            .collect();
        let one_of = if all.len() > 1 { "one of: " } else { "" };
        format!("{one_of}{}", all.join(", "))
    }
}

/// Keys that exclude each other.
pub struct Exclusive {
    /// The keys.
    pub keys: &'static [&'static str],
    /// The first major version of npm, from 10 on, that enforces it.
    pub first: u64,
}

/// All keys that exclude each other: npm fails with a TypeError.
pub const EXCLUSIVE: &[Exclusive] = &[
    Exclusive {
        keys: &["provenance", "provenance-file"],
        first: 10,
    },
    Exclusive {
        keys: &["expect-result-count", "expect-results"],
        first: 10,
    },
    Exclusive {
        keys: &["save-dev", "save-optional", "save-peer", "save-prod"],
        first: 11,
    },
];

/// Whether npm accepts a key: one with a definition, or one with a colon whose last part has
/// one or belongs to a credential (`checkUnknown`).
pub fn is_npms_own(key: &str, major: u64) -> bool {
    const INTERNAL: [&str; 3] = ["npm-version", "global-prefix", "local-prefix"];
    const NERFED: [&str; 7] = [
        "_auth",
        "_authToken",
        "_password",
        "certfile",
        "email",
        "keyfile",
        "username",
    ];
    let base = key.rsplit_once(':').map(|(_, base)| base);
    find(key, major).is_some()
        || INTERNAL.contains(&key)
        || base.is_some_and(|base| NERFED.contains(&base) || find(base, major).is_some())
}

/// Short forms on the command line, and what they stand for.
pub const SHORTHANDS: &[(&str, &[&str])] = &[
    ("?", &["--usage"]),
    ("B", &["--save-bundle"]),
    ("C", &["--prefix"]),
    ("D", &["--save-dev"]),
    ("E", &["--save-exact"]),
    ("H", &["--usage"]),
    ("L", &["--location"]),
    ("O", &["--save-optional"]),
    ("P", &["--save-prod"]),
    ("S", &["--save"]),
    ("a", &["--all"]),
    ("c", &["--call"]),
    ("d", &["--loglevel", "info"]),
    ("dd", &["--loglevel", "verbose"]),
    ("ddd", &["--loglevel", "silly"]),
    ("desc", &["--description"]),
    ("enjoy-by", &["--before"]),
    ("f", &["--force"]),
    ("g", &["--global"]),
    ("h", &["--usage"]),
    ("help", &["--usage"]),
    ("iwr", &["--include-workspace-root"]),
    ("l", &["--long"]),
    ("local", &["--no-global"]),
    ("m", &["--message"]),
    ("n", &["--no-yes"]),
    ("no", &["--no-yes"]),
    ("p", &["--parseable"]),
    ("porcelain", &["--parseable"]),
    ("q", &["--loglevel", "warn"]),
    ("quiet", &["--loglevel", "warn"]),
    ("readonly", &["--read-only"]),
    ("reg", &["--registry"]),
    ("s", &["--loglevel", "silent"]),
    ("silent", &["--loglevel", "silent"]),
    ("v", &["--version"]),
    ("verbose", &["--loglevel", "verbose"]),
    ("w", &["--workspace"]),
    ("ws", &["--workspaces"]),
    ("y", &["--yes"]),
];
