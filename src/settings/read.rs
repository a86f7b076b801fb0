//! Reads settings strictly: an unknown key or id is an error that suggests the nearest known
//! one, because a setting that silently does nothing is worse.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{CheckLevel, Settings};
use crate::file;
use crate::finding::{Level, Packer};
use crate::manifest::version_tag;
use crate::origin::{Origin, Resolved};
use crate::registry::kind::RegistryKind;

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading the settings in {place}: {problem}")]
pub struct SettingsError {
    /// The file, with the key if that helps.
    pub place: String,
    /// What is wrong, and the nearest known name.
    pub problem: String,
}

/// Loads the user-wide file, if any, and applies the project's settings on top:
/// `safe-publish.json` in the folder of package.json, or the manifest's key. `known` are the
/// ids that settings may name.
///
/// # Errors
/// When a file exists but cannot be read or understood, or both project places are used.
pub fn load(
    user_file: Option<&Path>,
    project: &Path,
    manifest: Option<&Map<String, Value>>,
    known: &[&str],
) -> Result<Settings, SettingsError> {
    let mut settings = Settings::default();
    if let Some(path) = user_file
        && let Some(object) = read_file(path)?
    {
        apply(&mut settings, &object, &SettingsSource::file(path), known)?;
    }
    let file: PathBuf = project.join("safe-publish.json");
    let in_file = read_file(&file)?;
    let in_manifest = manifest.and_then(|manifest| manifest.get("safe-publish"));
    match (in_file, in_manifest) {
        (Some(_), Some(_)) => Err(SettingsError {
            place: file.display().to_string(),
            problem: "package.json also has settings under \"safe-publish\"; keep one of them"
                .to_owned(),
        }),
        (Some(object), None) => {
            apply(&mut settings, &object, &SettingsSource::file(&file), known)?;
            Ok(settings)
        }
        (None, Some(value)) => {
            let place = SettingsSource {
                shown: "package.json under \"safe-publish\"".to_owned(),
                path: project.join("package.json"),
                pointer: "/safe-publish",
            };
            let object = object(value, &place.shown, "the settings")?;
            apply(&mut settings, object, &place, known)?;
            Ok(settings)
        }
        (None, None) => Ok(settings),
    }
}

/// Where an object of settings is.
struct SettingsSource {
    /// Its name in errors.
    shown: String,
    path: PathBuf,
    /// The object in the file.
    pointer: &'static str,
}

impl SettingsSource {
    fn file(path: &Path) -> Self {
        Self {
            shown: path.display().to_string(),
            path: path.to_owned(),
            pointer: "",
        }
    }

    fn origin(&self, pointer: &str) -> Origin {
        Origin::Manifest {
            path: self.path.clone(),
            pointer: format!("{}{pointer}", self.pointer),
        }
    }
}

fn read_file(path: &Path) -> Result<Option<Map<String, Value>>, SettingsError> {
    let place = path.display().to_string();
    let bytes = match file::read(path, file::limit::SMALL) {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => {
            return Err(SettingsError {
                place,
                problem: error.to_string(),
            });
        }
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let value: Value = serde_json::from_slice(text).map_err(|error| SettingsError {
        place: place.clone(),
        problem: format!("not JSON: {error}"),
    })?;
    Ok(Some(object(&value, &place, "the settings")?.clone()))
}

/// Applies one object of settings on top of the present ones.
fn apply(
    settings: &mut Settings,
    object: &Map<String, Value>,
    source: &SettingsSource,
    known: &[&str],
) -> Result<(), SettingsError> {
    const KEYS: [&str; 9] = [
        "$schema",
        "checks",
        "licenses",
        "registries",
        "branches",
        "confirm",
        "contents",
        "hook",
        "release",
    ];
    let place = source.shown.as_str();
    for (key, value) in object {
        match key.as_str() {
            "$schema" => {}
            "checks" => checks(settings, value, place, known)?,
            "licenses" => licenses(settings, value, place)?,
            "registries" => registries(settings, value, place)?,
            "branches" => settings.branches = strings(value, place, "branches")?,
            "confirm" => {
                let confirm = value.as_bool();
                settings.confirm = confirm.ok_or_else(|| wrong(place, key, "true or false"))?;
            }
            "contents" => contents(settings, value, place)?,
            "hook" => hook(settings, value, place)?,
            "release" => release(settings, value, source)?,
            other => return Err(unknown(place, "key", other, &KEYS)),
        }
    }
    Ok(())
}

fn checks(
    settings: &mut Settings,
    value: &Value,
    place: &str,
    known: &[&str],
) -> Result<(), SettingsError> {
    for (id, level) in object(value, place, "checks")? {
        if !known.contains(&id.as_str()) {
            return Err(unknown(place, "check", id, known));
        }
        let level = match level.as_str() {
            Some("error") => CheckLevel::At(Level::Error),
            Some("warning") => CheckLevel::At(Level::Warning),
            Some("note") => CheckLevel::At(Level::Note),
            Some("off") => CheckLevel::Off,
            _ => {
                return Err(wrong(
                    place,
                    &format!("checks.{id}"),
                    "\"error\", \"warning\", \"note\" or \"off\"",
                ));
            }
        };
        settings.checks.insert(id.clone(), level);
    }
    Ok(())
}

fn licenses(settings: &mut Settings, value: &Value, place: &str) -> Result<(), SettingsError> {
    for (key, value) in object(value, place, "licenses")? {
        match key.as_str() {
            "allow" => settings.licenses.allow = strings(value, place, "licenses.allow")?,
            "deny" => settings.licenses.deny = strings(value, place, "licenses.deny")?,
            other => return Err(unknown(place, "key", other, &["allow", "deny"])),
        }
    }
    Ok(())
}

fn registries(settings: &mut Settings, value: &Value, place: &str) -> Result<(), SettingsError> {
    for (key, value) in object(value, place, "registries")? {
        match key.as_str() {
            "allow" => settings.allowed_registries = strings(value, place, "registries.allow")?,
            "kinds" => {
                for (prefix, kind) in object(value, place, "registries.kinds")? {
                    let kind = kind.as_str().unwrap_or_default();
                    let Some(kind) = RegistryKind::from_name(kind) else {
                        let names: Vec<_> =
                            RegistryKind::ALL.iter().map(|kind| kind.name()).collect();
                        return Err(unknown(place, "kind of registry", kind, &names));
                    };
                    settings.registry_kinds.push((prefix.clone(), kind));
                }
            }
            other => return Err(unknown(place, "key", other, &["allow", "kinds"])),
        }
    }
    Ok(())
}

fn contents(settings: &mut Settings, value: &Value, place: &str) -> Result<(), SettingsError> {
    for (key, value) in object(value, place, "contents")? {
        match key.as_str() {
            "maxSize" => {
                let size = value
                    .as_u64()
                    .ok_or_else(|| wrong(place, "contents.maxSize", "a number of bytes"))?;
                settings.contents.max_size = Some(size);
            }
            "allow" => settings.contents.allow = strings(value, place, "contents.allow")?,
            other => return Err(unknown(place, "key", other, &["maxSize", "allow"])),
        }
    }
    Ok(())
}

fn hook(settings: &mut Settings, value: &Value, place: &str) -> Result<(), SettingsError> {
    for (key, value) in object(value, place, "hook")? {
        match key.as_str() {
            "tags" => {
                let tags = strings(value, place, "hook.tags")?;
                if !tags.iter().all(|pattern| version_tag::is_pattern(pattern)) {
                    let wanted = "patterns with {version} in each, such as \"release-{version}\"";
                    return Err(wrong(place, "hook.tags", wanted));
                }
                settings.hook.tags = tags;
            }
            other => return Err(unknown(place, "key", other, &["tags"])),
        }
    }
    Ok(())
}

fn release(
    settings: &mut Settings,
    value: &Value,
    source: &SettingsSource,
) -> Result<(), SettingsError> {
    let place = source.shown.as_str();
    for (key, value) in object(value, place, "release")? {
        let word = value.as_str().filter(|word| !word.is_empty());
        let path = format!("release.{key}");
        let text = || {
            let word = word.ok_or_else(|| wrong(place, &path, "a word"))?;
            let origin = source.origin(&format!("/release/{key}"));
            Ok(Resolved::new(word.to_owned(), origin))
        };
        match key.as_str() {
            "packer" => {
                let packer = word.and_then(Packer::from_name);
                let wanted = "\"npm\", \"pnpm\", \"yarn\" or \"bun\"";
                let packer = packer.ok_or_else(|| wrong(place, &path, wanted))?;
                settings.release.packer = Some(packer);
            }
            "tag" => settings.release.tag = Some(text()?),
            "access" => {
                let access = text()?;
                if !["public", "restricted"].contains(&access.value.as_str()) {
                    return Err(wrong(place, &path, "\"public\" or \"restricted\""));
                }
                settings.release.access = Some(access);
            }
            other => return Err(unknown(place, "key", other, &["packer", "tag", "access"])),
        }
    }
    Ok(())
}

fn object<'a>(
    value: &'a Value,
    place: &str,
    key: &str,
) -> Result<&'a Map<String, Value>, SettingsError> {
    value
        .as_object()
        .ok_or_else(|| wrong(place, key, "an object"))
}

fn strings(value: &Value, place: &str, key: &str) -> Result<Vec<String>, SettingsError> {
    let words = value
        .as_array()
        .map(|words| words.iter().map(|word| word.as_str().map(str::to_owned)));
    words
        .and_then(Iterator::collect)
        .ok_or_else(|| wrong(place, key, "a list of strings"))
}

fn wrong(place: &str, key: &str, wanted: &str) -> SettingsError {
    SettingsError {
        place: place.to_owned(),
        problem: format!("{key} must be {wanted}"),
    }
}

fn unknown(place: &str, what: &str, word: &str, known: &[&str]) -> SettingsError {
    let hint =
        nearest(word, known).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    SettingsError {
        place: place.to_owned(),
        problem: format!(
            "unknown {what} `{}`{hint}",
            crate::secret::mask_known_shapes(word)
        ),
    }
}

/// The known word nearest to a wrong one.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = |known: &&'a str| (strsim::jaro_winkler(word, known), *known);
    let (likeness, best) = known.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness > 0.8).then_some(best)
}

#[cfg(test)]
mod tests;
