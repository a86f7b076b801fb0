//! The settings of the user's files that a rehearsal keeps: only those known to be harmless.
//! Any other may contain a credential.

use crate::npmrc::Config;
use crate::npmrc::value::Value;
use crate::origin::Layer;

/// Keys that decide how npm packs, runs scripts and prints, and that contain no URL and no
/// credential.
const HARMLESS: [&str; 58] = [
    "access",
    "allow-same-version",
    "audit",
    "audit-level",
    "before",
    "bin-links",
    "color",
    "commit-hooks",
    "cpu",
    "depth",
    "engine-strict",
    "expect-results",
    "force",
    "foreground-scripts",
    "fund",
    "git-tag-version",
    "heading",
    "ignore-scripts",
    "include",
    "include-workspace-root",
    "init-author-email",
    "init-author-name",
    "init-license",
    "init-version",
    "install-links",
    "install-strategy",
    "json",
    "legacy-peer-deps",
    "libc",
    "location",
    "lockfile-version",
    "loglevel",
    "long",
    "message",
    "min-release-age",
    "offline",
    "omit",
    "os",
    "package-lock",
    "parseable",
    "preid",
    "prefer-dedupe",
    "prefer-offline",
    "prefer-online",
    "progress",
    "rebuild-bundle",
    "save",
    "save-exact",
    "save-prefix",
    "scope",
    "script-shell",
    "sign-git-commit",
    "sign-git-tag",
    "strict-peer-deps",
    "tag",
    "tag-version-prefix",
    "umask",
    "unicode",
];

/// The harmless settings of one of the user's files, as an .npmrc.
pub(super) fn kept_settings(config: &Config, layer: Layer) -> String {
    let secrets = config.secrets();
    let mut text = String::new();
    for entry in config.entries() {
        if entry.layer != layer || !HARMLESS.contains(&entry.key.as_str()) {
            continue;
        }
        let values = match &entry.value {
            Value::List(values) => values.iter().map(Value::to_text).collect(),
            value => vec![value.to_text()],
        };
        let suffix = if matches!(entry.value, Value::List(_)) {
            "[]"
        } else {
            ""
        };
        for value in values {
            let is_secret = secrets
                .iter()
                .any(|secret| !secret.is_empty() && value.contains(secret));
            if !is_secret && entry.filled.is_empty() {
                // npm reads a quoted value as JSON.
                let quoted = serde_json::Value::from(value);
                text += &format!("{}{suffix}={quoted}\n", entry.key);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::npmrc::CommandLine;

    #[test]
    fn only_harmless_settings_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let file = "registry=https://h/\n//h/:_authToken=SECRET\n_auth = SECRET\n//h/:key=\"SECRET\"\n\
            proxy=http://bob:SECRET@h\n//h/:_authtoken=SECRET\n//h/:tokenHelper=/SECRET\nkey=SECRET\ncafile=/SECRET\n\
            email=SECRET\notp=SECRET\nx[]=SECRET\n[section]\na=SECRET\nignored=${SECRET}\ntag=${FILLED}\n\
            message=SECRET\n";
        let file = format!("fund=false\nscript-shell=\"/bin/a b;c\"\nomit[]=dev\n{file}");
        std::fs::write(home.path().join(".npmrc"), file).unwrap();
        let environment = Environment {
            home: Some(home.path().to_path_buf()),
            ..Environment::bare("/").with("FILLED", "SECRET")
        };
        let config = Config::load(CommandLine::default(), &environment, None, &|_, _| false);
        let kept = kept_settings(&config, Layer::User);
        assert!(!kept.contains("SECRET"), "{kept}");
        assert_eq!(
            kept,
            "fund=\"false\"\nscript-shell=\"/bin/a b;c\"\nomit[]=\"dev\"\n"
        );
        // npm reads the same values from it.
        let again = tempfile::tempdir().unwrap();
        std::fs::write(again.path().join(".npmrc"), kept).unwrap();
        let environment = Environment {
            home: Some(again.path().to_path_buf()),
            ..environment
        };
        let config = Config::load(CommandLine::default(), &environment, None, &|_, _| false);
        assert!(!config.flag("fund"));
        assert_eq!(config.text("script-shell").as_deref(), Some("/bin/a b;c"));
        assert_eq!(config.list("omit"), ["dev"]);
    }
}
