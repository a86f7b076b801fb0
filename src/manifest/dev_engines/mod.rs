//! `devEngines`: what a project requires of its developers' tools. A port of `checkDevEngines`
//! in npm-install-checks 7.1 to 9.0 (npm 10.9 to 12), which npm applies to the package.json at
//! its local prefix.

use serde_json::{Map, Value};

use super::{Manifest, escape_pointer, range};

/// What npm compares an entry of `devEngines` with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Engine {
    PackageManager,
    Runtime,
    Cpu,
    Libc,
    Os,
}

impl Engine {
    /// The key in `devEngines`.
    pub fn key(self) -> &'static str {
        match self {
            Self::PackageManager => "packageManager",
            Self::Runtime => "runtime",
            Self::Cpu => "cpu",
            Self::Libc => "libc",
            Self::Os => "os",
        }
    }

    fn of(key: &str) -> Option<Self> {
        [
            Self::PackageManager,
            Self::Runtime,
            Self::Cpu,
            Self::Libc,
            Self::Os,
        ]
        .into_iter()
        .find(|engine| engine.key() == key)
    }
}

/// What is known of a property of this machine or its tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Property {
    /// npm sees this text.
    Is(String),
    /// npm has nothing to compare with, and fails.
    Absent,
    /// It was not looked up, or could not be determined.
    #[default]
    Unknown,
}

/// The machine and the tools as npm sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// npm's own version.
    pub npm: Property,
    /// The version of the Node that runs npm, as `v20.1.0`.
    pub node: Property,
    /// Node's `process.arch`.
    pub cpu: Property,
    /// `glibc` or `musl`.
    pub libc: Property,
    /// Node's `process.platform`.
    pub os: Property,
    /// Node's `os.release()`.
    pub os_release: Property,
}

impl Host {
    fn name(&self, engine: Engine) -> Property {
        match engine {
            Engine::PackageManager => Property::Is("npm".to_owned()),
            Engine::Runtime => Property::Is("node".to_owned()),
            Engine::Cpu => self.cpu.clone(),
            Engine::Libc => self.libc.clone(),
            Engine::Os => self.os.clone(),
        }
    }

    fn version(&self, engine: Engine) -> Property {
        match engine {
            Engine::PackageManager => self.npm.clone(),
            Engine::Runtime => self.node.clone(),
            Engine::Os => self.os_release.clone(),
            Engine::Cpu | Engine::Libc => Property::Absent,
        }
    }
}

/// How npm judges `devEngines`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// npm continues, perhaps with a warning.
    Passes,
    /// npm ends with EBADDEVENGINES, unless it is forced.
    Mismatch(Complaint),
    /// npm fails on the field itself, forced or not.
    Malformed(Complaint),
    /// It depends on something that is not known.
    Unknown(Engine),
}

/// npm's complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Where it is.
    pub pointer: String,
    /// npm's words.
    pub text: String,
}

/// Judges the `devEngines` of a package.json as npm does.
pub fn judge(manifest: &Manifest, host: &Host) -> Judgement {
    let pointer = "/devEngines";
    match manifest.pointer(pointer) {
        None => return Judgement::Passes,
        Some(Value::Object(_)) => {}
        Some(_) => {
            return Judgement::Malformed(Complaint {
                pointer: pointer.to_owned(),
                text: "Invalid non-object value for \"devEngines\"".to_owned(),
            });
        }
    }
    let mut first = None;
    for (key, wanted) in manifest.members(pointer) {
        let pointer = format!("{pointer}/{}", escape_pointer(key));
        let judgement = match Engine::of(key) {
            Some(engine) => judge_engine(engine, wanted, &pointer, host),
            None => Judgement::Malformed(Complaint {
                pointer,
                text: format!("Invalid property \"devEngines.{key}\""),
            }),
        };
        match (&judgement, &first) {
            // npm throws this immediately; it collects mismatches.
            (Judgement::Malformed(_), _) => return judgement,
            (Judgement::Mismatch(_), None | Some(Judgement::Unknown(_)))
            | (Judgement::Unknown(_), None) => first = Some(judgement),
            _ => {}
        }
    }
    first.unwrap_or(Judgement::Passes)
}

fn judge_engine(engine: Engine, wanted: &Value, pointer: &str, host: &Host) -> Judgement {
    let alternatives: Vec<(String, &Value)> = match wanted {
        Value::Array(all) => all
            .iter()
            .enumerate()
            .map(|(at, one)| (format!("{pointer}/{at}"), one))
            .collect(),
        one => vec![(pointer.to_owned(), one)],
    };
    let mut complaints = Vec::new();
    let (mut fits, mut is_unknown) = (alternatives.is_empty(), false);
    for (pointer, one) in &alternatives {
        match compare(engine, one, host) {
            Ok(Fit::Fits) => fits = true,
            Ok(Fit::Unknown) => is_unknown = true,
            Ok(Fit::Differs(text)) => complaints.push(Complaint {
                pointer: pointer.clone(),
                text,
            }),
            Err(text) => {
                return Judgement::Malformed(Complaint {
                    pointer: pointer.clone(),
                    text,
                });
            }
        }
    }
    let on_fail = alternatives.last().and_then(|(_, one)| one.get("onFail"));
    let is_lenient = matches!(on_fail.and_then(Value::as_str), Some("warn" | "ignore"));
    match complaints.into_iter().next() {
        _ if fits || is_lenient => Judgement::Passes,
        Some(complaint) if !is_unknown => Judgement::Mismatch(complaint),
        _ => Judgement::Unknown(engine),
    }
}

enum Fit {
    Fits,
    Differs(String),
    Unknown,
}

/// `checkDependency`: compares one entry; an error is npm's exception.
fn compare(engine: Engine, wanted: &Value, host: &Host) -> Result<Fit, String> {
    let key = engine.key();
    let Value::Object(wanted) = wanted else {
        return Err(format!("Invalid non-object value for \"{key}\""));
    };
    let name = well_formed(key, wanted)?;
    let current = match host.name(engine) {
        Property::Is(current) => current,
        Property::Absent => return Err(format!("Unable to determine \"name\" for \"{key}\"")),
        Property::Unknown => return Ok(Fit::Unknown),
    };
    check_on_fail(key, wanted)?;
    if name != current {
        return Ok(Fit::Differs(format!(
            "Invalid name \"{name}\" does not match \"{current}\" for \"{key}\""
        )));
    }
    let Some(version) = wanted.get("version") else {
        return Ok(Fit::Fits);
    };
    let Some(version) = version.as_str() else {
        return Err(format!(
            "Invalid non-string value for \"version\" within \"{key}\""
        ));
    };
    match host.version(engine) {
        Property::Is(current) => Ok(compare_versions(key, version, &current)),
        Property::Absent => Err(format!(
            "Unable to determine \"version\" for \"{key}\" \"{name}\""
        )),
        Property::Unknown => Ok(Fit::Unknown),
    }
}

/// The name in an entry, where its keys are well-formed.
fn well_formed<'a>(key: &str, wanted: &'a Map<String, Value>) -> Result<&'a str, String> {
    let known = |property: &&String| !["name", "version", "onFail"].contains(&property.as_str());
    if let Some(odd) = wanted.keys().find(known) {
        return Err(format!("Invalid property \"{odd}\" for \"{key}\""));
    }
    match wanted.get("name") {
        None => Err(format!("Missing \"name\" property for \"{key}\"")),
        Some(Value::String(name)) => Ok(name),
        Some(_) => Err(format!(
            "Invalid non-string value for \"name\" within \"{key}\""
        )),
    }
}

fn check_on_fail(key: &str, wanted: &Map<String, Value>) -> Result<(), String> {
    match wanted.get("onFail") {
        None => Ok(()),
        Some(Value::String(word))
            if ["ignore", "warn", "error", "download"].contains(&word.as_str()) =>
        {
            Ok(())
        }
        Some(Value::String(word)) => Err(format!("Invalid onFail value \"{word}\" for \"{key}\"")),
        Some(_) => Err(format!(
            "Invalid non-string value for \"onFail\" within \"{key}\""
        )),
    }
}

fn compare_versions(key: &str, wanted: &str, current: &str) -> Fit {
    let (fits, kind) = if range::is_valid_range(wanted, false) {
        (range::satisfies(current, wanted, false), "semver version")
    } else {
        (wanted == current, "version")
    };
    if fits {
        return Fit::Fits;
    }
    Fit::Differs(format!(
        "Invalid {kind} \"{wanted}\" does not match \"{current}\" for \"{key}\""
    ))
}

#[cfg(test)]
mod tests;
