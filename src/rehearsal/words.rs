//! npm's words for a rehearsal: the user's own, but everything that says where
//! to send a package, or through what, says: here.

use std::collections::BTreeSet;

use crate::npmrc::arguments::Flag;
use crate::npmrc::value::Value;
use crate::npmrc::{CommandLine, Config};

/// A host name that no request is for: npm takes an empty `noproxy` for none
/// set, and would fall back to `NO_PROXY`.
const NOBODY: &str = "nobody.invalid";

/// Flags of the user's that a rehearsal sets itself.
const REPLACED: [&str; 13] = [
    "registry",
    "proxy",
    "https-proxy",
    "noproxy",
    // Its signature would stand in a public log for ever.
    "provenance",
    "provenance-file",
    // The rehearsal is the dry run.
    "dry-run",
    "cache",
    "logs-dir",
    "logs-max",
    "node-options",
    "userconfig",
    "globalconfig",
];

/// Where everything is sent.
#[derive(Clone, Debug)]
pub(super) struct Here {
    /// The embedded registry, with a slash at its end.
    pub(super) url: String,
    /// Its host and port.
    pub(super) host: String,
    /// The token of the account that may publish.
    pub(super) token: String,
    /// npm's cache during the rehearsal.
    pub(super) cache: String,
    /// The user's .npmrc without its credentials.
    pub(super) userconfig: String,
    /// The global npmrc without its credentials.
    pub(super) globalconfig: String,
    /// The user's options for Node, and the guard.
    pub(super) node_options: String,
}

/// npm's words: the user's, with ours in place of those that say where to.
pub(super) fn words(command_line: &CommandLine, settings: &[(String, String)]) -> Vec<String> {
    let mut words: Vec<String> = command_line
        .flags
        .iter()
        .filter(|flag| !is_replaced(&flag.key))
        .flat_map(written)
        .collect();
    words.extend(
        settings
            .iter()
            .map(|(key, value)| format!("--{key}={value}")),
    );
    words.extend(["--no-provenance", "--no-dry-run"].map(str::to_owned));
    words.push("--".to_owned());
    words.extend(command_line.positionals.iter().cloned());
    words
}

/// What a rehearsal sets: as flags for npm, and as variables for the npm that
/// a script may run.
pub(super) fn settings(scopes: &BTreeSet<String>, here: &Here) -> Vec<(String, String)> {
    // Everything goes through the embedded registry as through a proxy, so
    // that even an address from a place we did not think of ends there.
    let proxy = here.url.trim_end_matches('/');
    let mut settings = vec![
        ("registry".to_owned(), here.url.clone()),
        ("proxy".to_owned(), proxy.to_owned()),
        ("https-proxy".to_owned(), proxy.to_owned()),
        ("noproxy".to_owned(), NOBODY.to_owned()),
        ("cache".to_owned(), here.cache.clone()),
        ("userconfig".to_owned(), here.userconfig.clone()),
        ("globalconfig".to_owned(), here.globalconfig.clone()),
        // A log that is gone when npm names it helps nobody.
        ("logs-max".to_owned(), "0".to_owned()),
        ("node-options".to_owned(), here.node_options.clone()),
        // The embedded registry answers at once or not at all, and what the
        // guard refuses it refuses again.
        ("fetch-retries".to_owned(), "0".to_owned()),
        (format!("//{}/:_authToken", here.host), here.token.clone()),
    ];
    settings.extend(
        scopes
            .iter()
            .map(|scope| (format!("@{scope}:registry"), here.url.clone())),
    );
    settings
}

/// Every scope that any setting, and any package, mentions.
pub(super) fn scopes<'a>(
    config: &Config,
    manifests: impl Iterator<Item = &'a crate::manifest::Manifest>,
) -> BTreeSet<String> {
    let of_key = |key: &str| Some(key.strip_prefix('@')?.strip_suffix(":registry")?.to_owned());
    let mut scopes: BTreeSet<String> = config
        .entries()
        .iter()
        .filter_map(|entry| of_key(&entry.key))
        .collect();
    let scope_setting = config.text("scope");
    scopes.extend(
        scope_setting
            .map(|scope| scope.trim_start_matches('@').to_owned())
            .filter(|scope| !scope.is_empty()),
    );
    for manifest in manifests {
        if let Some(object) = manifest.publish_config() {
            scopes.extend(object.keys().filter_map(|key| of_key(key)));
            let scope = object.get("scope").and_then(serde_json::Value::as_str);
            scopes.extend(
                scope
                    .map(|scope| scope.trim_start_matches('@').to_owned())
                    .filter(|scope| !scope.is_empty()),
            );
        }
        let name = manifest
            .object
            .get("name")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let scope = name
            .trim()
            .strip_prefix('@')
            .and_then(|name| name.split_once('/'));
        scopes.extend(scope.map(|(scope, _)| scope.to_owned()));
    }
    scopes
}

pub(super) fn is_replaced(key: &str) -> bool {
    REPLACED.contains(&key) || key.starts_with("//") || key.ends_with(":registry")
}

fn written(flag: &Flag) -> Vec<String> {
    match &flag.value {
        Value::List(values) => values
            .iter()
            .map(|value| format!("--{}={}", flag.key, value.to_text()))
            .collect(),
        Value::Bool(true) => vec![format!("--{}", flag.key)],
        Value::Null | Value::Bool(false) => vec![format!("--no-{}", flag.key)],
        value => vec![format!("--{}={}", flag.key, value.to_text())],
    }
}

/// An .npmrc without its credentials.
pub(super) fn without_credentials(text: &str) -> String {
    let keeps = |line: &&str| {
        let key = line
            .split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\'']);
        let field = key
            .trim_end_matches("[]")
            .rsplit(':')
            .next()
            .unwrap_or_default();
        !matches!(
            field,
            "_authToken"
                | "_auth"
                | "_password"
                | "username"
                | "certfile"
                | "keyfile"
                | "_authtoken"
                | "otp"
        )
    };
    text.split_inclusive(['\n', '\r']).filter(keeps).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::rehearsal) fn here() -> Here {
        Here {
            url: "http://127.0.0.1:1/".to_owned(),
            host: "127.0.0.1:1".to_owned(),
            token: "t".to_owned(),
            cache: "/tmp/c".to_owned(),
            userconfig: "/tmp/u".to_owned(),
            globalconfig: "/tmp/g".to_owned(),
            node_options: "--require=/tmp/guard.cjs".to_owned(),
        }
    }

    #[test]
    fn what_says_where_to_is_replaced_and_the_rest_stays() {
        let given: Vec<String> = [
            "--tag",
            "next",
            "--reg",
            "https://real/",
            "--@s:registry=https://real/",
            "--noproxy=real",
            "--//real/:_authToken=x",
            "--provenance",
            "--dry-run",
            "-w",
            "a",
            "-w",
            "b",
            "./dir",
        ]
        .map(str::to_owned)
        .to_vec();
        let scopes = BTreeSet::from(["s".to_owned()]);
        let words = words(
            &CommandLine::parse(&given, None),
            &settings(&scopes, &here()),
        );
        assert!(words.iter().all(|word| !word.contains("real")), "{words:?}");
        assert!(!words.contains(&"--dry-run".to_owned()), "{words:?}");
        for wanted in [
            "--tag=next",
            "--workspace=a",
            "--workspace=b",
            "--@s:registry=http://127.0.0.1:1/",
            "./dir",
        ] {
            assert!(
                words.iter().any(|word| word == wanted),
                "{wanted} in {words:?}"
            );
        }
    }

    #[test]
    fn credentials_are_left_out_of_the_users_file() {
        let text =
            "registry=https://h/\n//h/:_authToken=x\r\n_auth = y\n//h/:_password=\"z\"\nfund=false";
        assert_eq!(
            without_credentials(text),
            "registry=https://h/\n\nfund=false"
        );
    }
}
