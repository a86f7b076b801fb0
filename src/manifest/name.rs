//! npm's rules for names (`validate-npm-package-name`, `normalize.js`).

use serde_json::Value;

use super::js;
use crate::npm::NpmVersion;

/// A package's name, judged by npm's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A name that npm publishes. It may still be refused for a *new* package.
    Usable {
        /// The name, trimmed as npm does.
        name: String,
        /// Why a registry refuses it for a new package (capitals, length, core
        /// modules, special characters), in npm's words.
        only_for_old_packages: Vec<String>,
    },
    /// No `name`, or an empty one.
    Missing,
    /// A name that npm itself refuses.
    Invalid {
        /// The value as written in package.json.
        name: String,
        /// Why, in npm's words.
        reasons: Vec<String>,
        /// The code of npm's refusal: `EINVALIDPACKAGENAME`, or empty for
        /// `Invalid name: …`, which has none.
        code: &'static str,
    },
}

impl Name {
    /// Judges package.json's `name` as this npm does: `fixName` of
    /// `@npmcli/package-json`, then `npm-package-arg`.
    pub fn of(value: Option<&Value>, npm: &NpmVersion) -> Self {
        let Some(value) = value.filter(|value| js::is_truthy(value)) else {
            return Self::Missing;
        };
        let Value::String(written) = value else {
            return Self::Invalid {
                name: value.to_string(),
                reasons: vec!["name field must be a string".to_owned()],
                code: "",
            };
        };
        let name = js::trim(written);
        if name.is_empty() {
            return Self::Missing;
        }
        let reasons = errors(name, npm);
        if !passes_fix_name(name) {
            let reasons = if reasons.is_empty() {
                vec!["name can only contain URL-friendly characters".to_owned()]
            } else {
                reasons
            };
            return Self::Invalid {
                name: written.clone(),
                reasons,
                code: "",
            };
        }
        if !reasons.is_empty() {
            return Self::Invalid {
                name: written.clone(),
                reasons,
                code: "EINVALIDPACKAGENAME",
            };
        }
        Self::Usable {
            name: name.to_owned(),
            only_for_old_packages: warnings(name),
        }
    }

    /// The name where there is a usable one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Usable { name, .. } => Some(name),
            Self::Missing | Self::Invalid { .. } => None,
        }
    }

    /// The scope without its `@`.
    pub fn scope(&self) -> Option<&str> {
        let (scope, _) = self.as_str()?.strip_prefix('@')?.split_once('/')?;
        Some(scope)
    }

    /// npm's message for a name that it refuses: `version` is the one in package.json, which
    /// npm quotes as well.
    pub fn refusal(&self, version: &str) -> Option<String> {
        match self {
            Self::Usable { .. } => None,
            // npm sees `@latest`, and reads all of it as a tag.
            Self::Missing => Some(
                "Invalid tag name \"@latest\" of package \"@latest\": Tags may not have any \
                 characters that encodeURIComponent encodes."
                    .to_owned(),
            ),
            Self::Invalid {
                name,
                reasons,
                code,
            } => Some(if !code.is_empty() {
                let (name, reasons) = (js::trim(name), reasons.join("; "));
                format!(
                    "Invalid package name \"{name}\" of package \"{name}@{version}\": {reasons}."
                )
            } else if reasons
                .iter()
                .any(|reason| reason == "name field must be a string")
            {
                "name field must be a string.".to_owned()
            } else {
                format!("Invalid name: {}", Value::from(js::trim(name)))
            }),
        }
    }
}

/// Whether npm accepts the text as a package's name (`validForOldPackages`).
pub(crate) fn is_valid_for_old_packages(name: &str, npm: &NpmVersion) -> bool {
    errors(name, npm).is_empty()
}

/// `fixName` in `normalize.js`.
fn passes_fix_name(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && js::encodes_as_itself(part);
    let shaped = match name.strip_prefix('@').map(|rest| rest.split_once('/')) {
        Some(Some((scope, rest))) => plain(scope) && plain(rest),
        Some(None) => false,
        None => plain(name),
    };
    shaped && !name.starts_with('.') && !is_excluded(&name.to_ascii_lowercase())
}

fn is_excluded(name: &str) -> bool {
    matches!(name, "node_modules" | "favicon.ico")
}

/// The errors of `validate-npm-package-name`, for a text that is not `null`.
pub(crate) fn errors(name: &str, npm: &NpmVersion) -> Vec<String> {
    let mut errors = Vec::new();
    let mut error = |bad: bool, text: &str| {
        if bad {
            errors.push(text.to_owned());
        }
    };
    error(name.is_empty(), "name length must be greater than zero");
    error(name.starts_with('.'), "name cannot start with a period");
    error(
        name.starts_with('-') && npm.refuses_names_with_leading_hyphen(),
        "name cannot start with a hyphen",
    );
    error(
        name.starts_with('_'),
        "name cannot start with an underscore",
    );
    error(
        js::trim(name) != name,
        "name cannot contain leading or trailing spaces",
    );
    let lower = name.to_lowercase();
    error(
        is_excluded(&lower),
        &format!("{lower} is not a valid package name"),
    );
    if !js::encodes_as_itself(name) {
        let (scope, package) = scoped(name);
        if package.is_some_and(|package| package.starts_with('.'))
            && npm.refuses_scoped_names_with_leading_period()
        {
            error(true, "name cannot start with a period");
        }
        let friendly = |part: Option<&str>| part.is_some_and(js::encodes_as_itself);
        error(
            !(friendly(scope) && friendly(package)),
            "name can only contain URL-friendly characters",
        );
    }
    errors
}

/// `^(?:@([^/]+?)[/])?([^/]+?)$`: the scope and the rest; neither where the
/// text has another shape. JavaScript's `$` matches at the very end only, and
/// `[^/]` takes line breaks too.
fn scoped(name: &str) -> (Option<&str>, Option<&str>) {
    let whole = |text: &str| !text.is_empty() && !text.contains('/');
    if let Some((scope, package)) = name.strip_prefix('@').and_then(|rest| rest.split_once('/'))
        && !scope.is_empty()
        && whole(package)
    {
        return (Some(scope), Some(package));
    }
    (None, whole(name).then_some(name))
}

/// The warnings of `validate-npm-package-name`: what was once allowed, but a registry refuses
/// for a new package.
pub(crate) fn warnings(name: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    if CORE_MODULES.contains(&name.to_lowercase().as_str()) {
        warnings.push(format!("{name} is a core module name"));
    }
    if name.encode_utf16().count() > 214 {
        warnings.push("name can no longer contain more than 214 characters".to_owned());
    }
    if name.to_lowercase() != name {
        warnings.push("name can no longer contain capital letters".to_owned());
    }
    let last = name.rsplit('/').next().unwrap_or_default();
    if last.contains(['~', '\'', '!', '(', ')', '*']) {
        let text = "name can no longer contain special characters (\"~'!()*\")";
        warnings.push(text.to_owned());
    }
    warnings
}

/// `builtin-modules.json` of validate-npm-package-name 7.0.2. Earlier versions ask the running
/// Node, with the same result except for a few recent modules.
#[rustfmt::skip]
const CORE_MODULES: &[&str] = &[
    "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing",
    "_http_server", "_stream_duplex", "_stream_passthrough", "_stream_readable",
    "_stream_transform", "_stream_wrap", "_stream_writable", "_tls_common", "_tls_wrap",
    "assert", "assert/strict", "async_hooks", "buffer", "child_process", "cluster", "console",
    "constants", "crypto", "dgram", "diagnostics_channel", "dns", "dns/promises", "domain",
    "events", "fs", "fs/promises", "http", "http2", "https", "inspector", "inspector/promises",
    "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
    "punycode", "querystring", "readline", "readline/promises", "repl", "stream",
    "stream/consumers", "stream/promises", "stream/web", "string_decoder", "sys", "timers",
    "timers/promises", "tls", "trace_events", "tty", "url", "util", "util/types", "v8", "vm",
    "wasi", "worker_threads", "zlib", "node:sea", "node:sqlite", "node:test",
    "node:test/reporters",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judge(name: &str) -> Name {
        Name::of(Some(&json!(name)), &NpmVersion::new(11, 19, 1))
    }

    fn reasons(name: &str, npm: &NpmVersion) -> Vec<String> {
        match Name::of(Some(&json!(name)), npm) {
            Name::Invalid { reasons, .. } => reasons,
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_legacy_name_is_usable_and_says_why_it_is_old() {
        let Name::Usable {
            only_for_old_packages,
            ..
        } = judge("JSONStream")
        else {
            panic!("npm publishes it");
        };
        assert_eq!(
            only_for_old_packages,
            ["name can no longer contain capital letters"]
        );
        for name in ["a~b", "http", "node:test", "@S/a", &"a".repeat(215)] {
            let judged = judge(name);
            if name == "node:test" {
                assert_eq!(judged.as_str(), None, "the colon is not URL-friendly");
                continue;
            }
            let Name::Usable {
                only_for_old_packages,
                ..
            } = judged
            else {
                panic!("{name}");
            };
            assert_eq!(only_for_old_packages.len(), 1, "{name}");
        }
    }

    #[test]
    fn odd_names_that_npm_takes_for_new_are_plain() {
        for name in [
            "@s/_a", "@s/-a", "@.s/a", "@_s/a", "@s!/a", "@s/http", "1.0.0", "latest",
        ] {
            assert_eq!(
                judge(name),
                Name::Usable {
                    name: name.to_owned(),
                    only_for_old_packages: Vec::new()
                }
            );
        }
    }

    #[test]
    fn spaces_around_a_name_are_npms_to_trim() {
        assert_eq!(judge(" @s/pkg\n").as_str(), Some("@s/pkg"));
        assert_eq!(judge(" @s/pkg\n").scope(), Some("s"));
        assert_eq!(judge(" \u{feff} "), Name::Missing);
    }

    #[test]
    fn no_name_is_missing_and_a_number_is_invalid() {
        let npm = NpmVersion::new(11, 0, 0);
        for value in [json!(null), json!(""), json!(0), json!(false)] {
            assert_eq!(Name::of(Some(&value), &npm), Name::Missing);
        }
        assert_eq!(Name::of(None, &npm), Name::Missing);
        let number = Name::of(Some(&json!(5)), &npm);
        assert_eq!(
            number.refusal("1.0.0").as_deref(),
            Some("name field must be a string.")
        );
    }

    #[test]
    fn what_fix_name_refuses_has_no_code() {
        for name in [
            "a b",
            ".a",
            "@s",
            "@s/",
            "@/a",
            "@s/a/b",
            "a/b",
            "a+b",
            "Node_Modules",
            "ä",
        ] {
            let judged = judge(name);
            let Name::Invalid { code, reasons, .. } = &judged else {
                panic!("{name}");
            };
            assert_eq!(*code, "", "{name}");
            assert!(!reasons.is_empty(), "{name}");
            let says = judged.refusal("1.0.0").unwrap();
            assert_eq!(says, format!("Invalid name: \"{name}\""));
        }
    }

    #[test]
    fn an_underscore_is_refused_by_npm_package_arg() {
        let Name::Invalid { code, .. } = judge("_a") else {
            panic!("npm refuses it");
        };
        assert_eq!(code, "EINVALIDPACKAGENAME");
        assert_eq!(
            judge("_a").refusal("1.0.0").as_deref(),
            Some(
                "Invalid package name \"_a\" of package \"_a@1.0.0\": \
                 name cannot start with an underscore."
            )
        );
    }

    #[test]
    fn a_leading_hyphen_is_refused_since_11_8_0() {
        assert!(reasons("-a", &NpmVersion::new(11, 7, 0)).is_empty());
        assert!(reasons("-a", &NpmVersion::new(10, 9, 9)).is_empty());
        assert_eq!(
            reasons("-a", &NpmVersion::new(11, 8, 0)),
            ["name cannot start with a hyphen"]
        );
    }

    #[test]
    fn a_leading_period_after_the_scope_is_refused_since_10_9_3_and_11_4_2() {
        for (major, minor, patch, refused) in [
            (10, 9, 2, false),
            (10, 9, 3, true),
            (11, 0, 0, false),
            (11, 4, 1, false),
            (11, 4, 2, true),
            (12, 0, 0, true),
        ] {
            let npm = NpmVersion::new(major, minor, patch);
            assert_eq!(!reasons("@s/.a", &npm).is_empty(), refused, "{npm}");
        }
    }
}
