//! npm's arguments for a rehearsal: the user's own, but everything that decides where a package
//! is sent, and through what, is redirected to the embedded registry.

use std::collections::BTreeSet;

use crate::npmrc::arguments::Flag;
use crate::npmrc::{CommandLine, Config};

/// A host name that no request uses: npm treats an empty `noproxy` as not set, and would fall
/// back to `NO_PROXY`.
const UNUSED_HOST: &str = "nobody.invalid";

/// The user's flags that a rehearsal sets itself.
const REPLACED: [&str; 13] = [
    "registry",
    "proxy",
    "https-proxy",
    "noproxy",
    // Its signature would stay in a public log for ever.
    "provenance",
    "provenance-file",
    // The rehearsal is itself a dry run.
    "dry-run",
    "cache",
    "logs-dir",
    "logs-max",
    "node-options",
    "userconfig",
    "globalconfig",
];

/// Where everything is sent, and the files that replace the user's.
#[derive(Clone, Debug)]
pub(super) struct Redirect {
    /// The embedded registry, with a trailing slash.
    pub(super) url: String,
    /// Its host and port.
    pub(super) host: String,
    /// The token of the account that may publish.
    pub(super) token: String,
    /// npm's cache during the rehearsal.
    pub(super) cache: String,
    /// An .npmrc with the user's harmless settings.
    pub(super) userconfig: String,
    /// A global npmrc with the machine's harmless settings.
    pub(super) globalconfig: String,
    /// An empty home folder.
    pub(super) home: String,
    /// The user's options for Node, with our guard.
    pub(super) node_options: String,
}

impl Redirect {
    /// The keys of the token in an .npmrc. npm looks it up under the whole URL, and under the
    /// host where the URL has no key: in arguments, and in lock files, where npm replaces
    /// npmjs's host with ours.
    pub(super) fn token_keys(&self) -> [String; 2] {
        let address = self.url.trim_start_matches("http:");
        [
            format!("{address}:_authToken"),
            format!("//{}/:_authToken", self.host),
        ]
    }
}

/// The settings that a process gets in its arguments, which every user of this machine can
/// read: without tokens, and without the key in the registry's URL. The process finds the token
/// in its variables, and the registry accepts it in place of the key. The URL has to be in the
/// arguments: npm prefers `publishConfig` to variables.
pub(super) fn without_secrets(
    settings: &[(String, String)],
    redirect: &Redirect,
) -> Vec<(String, String)> {
    let open = format!("http://{}/", redirect.host);
    let shown = settings.iter().filter(|(key, _)| !key.starts_with("//"));
    let shown = shown.map(|(key, value)| (key.clone(), value.replace(&redirect.url, &open)));
    shown.collect()
}

/// npm's arguments: the user's, with ours in place of those that name a registry.
pub(super) fn args(command_line: &CommandLine, settings: &[(String, String)]) -> Vec<String> {
    let mut args: Vec<String> = command_line
        .flags
        .iter()
        .filter(|flag| !is_replaced(&flag.key))
        .flat_map(Flag::args)
        .collect();
    args.extend(
        settings
            .iter()
            .map(|(key, value)| format!("--{key}={value}")),
    );
    args.extend(["--no-provenance", "--no-dry-run"].map(str::to_owned));
    args.push("--".to_owned());
    args.extend(command_line.positionals.iter().cloned());
    args
}

/// What a rehearsal sets: as flags for npm, and as variables for any npm that a script runs.
pub(super) fn settings(scopes: &BTreeSet<String>, redirect: &Redirect) -> Vec<(String, String)> {
    // Everything goes through the embedded registry as a proxy, so even a URL from an
    // unexpected place ends there.
    let proxy = format!("http://{}", redirect.host);
    let mut settings = vec![
        ("registry".to_owned(), redirect.url.clone()),
        ("proxy".to_owned(), proxy.clone()),
        ("https-proxy".to_owned(), proxy),
        ("noproxy".to_owned(), UNUSED_HOST.to_owned()),
        ("cache".to_owned(), redirect.cache.clone()),
        ("userconfig".to_owned(), redirect.userconfig.clone()),
        ("globalconfig".to_owned(), redirect.globalconfig.clone()),
        // npm would name a log file that no longer exists by then.
        ("logs-max".to_owned(), "0".to_owned()),
        ("node-options".to_owned(), redirect.node_options.clone()),
        // The embedded registry answers immediately or not at all, and what the guard refuses
        // once it refuses again.
        ("fetch-retries".to_owned(), "0".to_owned()),
    ];
    let tokens = redirect.token_keys();
    settings.extend(tokens.map(|key| (key, redirect.token.clone())));
    settings.extend(
        scopes
            .iter()
            .map(|scope| (format!("@{scope}:registry"), redirect.url.clone())),
    );
    settings
}

/// Every scope that a setting or a package mentions.
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::rehearsal) fn redirect() -> Redirect {
        Redirect {
            url: "http://127.0.0.1:1/key/".to_owned(),
            host: "127.0.0.1:1".to_owned(),
            token: "t".to_owned(),
            cache: "/tmp/c".to_owned(),
            userconfig: "/tmp/u".to_owned(),
            globalconfig: "/tmp/g".to_owned(),
            home: "/tmp/h".to_owned(),
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
        let command_line = CommandLine::parse(&given, None);
        let settings = settings(&scopes, &redirect());
        let shown = args(&command_line, &without_secrets(&settings, &redirect()));
        let args = args(&command_line, &settings);
        assert!(args.iter().all(|word| !word.contains("real")), "{args:?}");
        assert!(!args.contains(&"--dry-run".to_owned()), "{args:?}");
        for wanted in [
            "--tag=next",
            "--workspace=a",
            "--workspace=b",
            "--@s:registry=http://127.0.0.1:1/key/",
            "--//127.0.0.1:1/key/:_authToken=t",
            "./dir",
        ] {
            assert!(
                args.iter().any(|word| word == wanted),
                "{wanted} in {args:?}"
            );
        }
        for hidden in ["_authToken", "key/"] {
            assert!(shown.iter().all(|word| !word.contains(hidden)), "{shown:?}");
        }
        for wanted in ["--registry=", "--@s:registry="] {
            let wanted = format!("{wanted}http://127.0.0.1:1/");
            assert!(shown.contains(&wanted), "{wanted} in {shown:?}");
        }
    }
}
