//! Cases made from fragments that matter to npm's rules. The same seed makes the same cases.

use crate::support::random::{self, Random};

/// What most of a case exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bias {
    Layers,
    Registry,
    Credential,
}

pub(super) struct Generator {
    pub(super) seed: u64,
    pub(super) random: Random,
}

#[rustfmt::skip]
const URLS: &[&str] = &[
    "http://h/", "http://h/", "http://h", "http://h/npm/", "http://h/npm", "http://h/npm/sub/",
    "https://h.example/", "https://H.Example:443/", "http://h:80/", "http://h:4873/", "http://u:p@h/",
    "http://h/npm/?q=1", "HTTP://H/", "http://[::1]:4873/", "http://h//", "http://h/a;b/",
];
#[rustfmt::skip]
const ODD_URLS: &[&str] = &[
    "", "foo", "foo.example", "localhost:4873", "http:/h", "http:h", "//h/", "file:///x", "http://",
    "${URL}", "${UNSET}", "${UNSET?}", "${EMPTY}", "${URL}npm/", "null", "true", "HTTP:h", "a:b:c",
    "http://h h/", "http://h:x/", "h.example/npm", "foo://h", "http://h^x/", "\\\\h\\a", "http:\\\\h\\a",
    "'http://h/'", "\"http://h/npm/\"", "http://h/#x", "http://h/;x", " http://h/ ", "http://ä.example/",
];
#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "abc", "npm_aaa", "${TOKEN}", "${UNSET}", "${UNSET?}", "${EMPTY}", "", "null", "true", "a#b",
    "a;b", "\"a;b\"", "'5'", "dXNlcjpwYXNz", "dXNlcg", "OnBhc3M=", "a b", "\\${TOKEN}", "\\\\${TOKEN}",
    "x${TOKEN}y", "${NULL}", "${SPACED}", "XXXXX-XXXXX-XXXXX-XXXXX",
];
const DARTS: &[&str] = &[
    "//h/",
    "//h/",
    "//h/npm/",
    "//h/npm",
    "//h",
    "//h/p1",
    "//h/npm/p1",
    "//h/@s",
    "//h.example/",
    "//H.Example/",
    "//h:4873/",
    "//h:80/",
    "//[::1]:4873/",
    "//h/npm/sub/",
    "//registry.npmjs.org/",
    "//${HOST}/",
    "//h//",
    "//u:p@h/",
    "//h/@s%2fp1",
];
const FIELDS: &[&str] = &[
    "_authToken",
    "_authToken",
    "_authToken",
    "_auth",
    "username",
    "_password",
    "certfile",
    "keyfile",
    "email",
    "always-auth",
    "registry",
    "_authtoken",
];
#[rustfmt::skip]
const PLAIN_KEYS: &[&str] = &[
    "tag", "access", "provenance", "otp", "force", "dry-run", "json", "ignore-scripts", "workspaces",
    "workspace", "workspace[]", "include-workspace-root", "strict-ssl", "ca", "ca[]", "proxy",
    "https-proxy", "noproxy", "fetch-retries", "fetch-timeout", "loglevel", "location", "global",
    "dry_run", "DRY-RUN", "unknown", "a:tag", "cache", "logs-max", "color", "lockfile-version", "auth-type", "scope",
];
#[rustfmt::skip]
const PLAIN_VALUES: &[&str] = &[
    "", "true", "false", "null", "undefined", "no", "yes", "0", "1", "5", "1e3", "0x10", "next", "v1",
    "public", "restricted", "private", "bogus", "legacy", "silent", "always", "user", "project",
    "./x", "~/x", "/abs/../x", "${WORD}", "${UNSET}", "${UNSET?}", "a,b", "'7'", "\"a b\"", "x;y", "dev",
    "http://proxy:1", "@s", "s", "123456", "packages/a",
];

impl Generator {
    pub(super) fn new(stream: u64) -> Self {
        let seed = random::seed(1);
        Self {
            seed,
            random: Random::new(seed ^ (stream << 32)),
        }
    }

    pub(super) fn url(&mut self) -> String {
        let odd = self.random.chance(5);
        self.random
            .pick(if odd { ODD_URLS } else { URLS })
            .to_owned()
    }

    /// Something like a URL.
    pub(super) fn url_text(&mut self) -> String {
        #[rustfmt::skip]
        const PIECES: &[&str] = &[
            "h", "H.example", "localhost", "127.0.0.1", "[::1]", ":", ":80", ":4873", ":x", "/", "//", "/a", "/B/",
            "?", "?q=1", "#", "#x", "@", "u", "u:p@", "\\", " ", "%20", "%", ";", "'", "\"", "<", "{", "|", "^", "é",
            ".", "-", "..", "\t", "\n", "=", "&", "[", "]", "*", "~", "a b",
        ];
        const STARTS: &[&str] = &[
            "http://",
            "http://",
            "https://",
            "HTTP://",
            "http:",
            "http:/",
            "//",
            "foo://",
            "foo:",
            "file://",
            "javascript:",
            "ws://",
            " http://",
            "",
            "http:\\\\",
            "mailto:",
        ];
        let start = self.random.pick(STARTS);
        let usual = self
            .random
            .pick(&["h", "h.example", "H", "h:80", "", "u:p@h"]);
        format!("{start}{usual}{}", self.random.some(4, PIECES))
    }

    pub(super) fn ini(&mut self) -> String {
        #[rustfmt::skip]
        const PIECES: &[&str] = &[
            "a", "b", "c", "registry", "//h.x/:_authToken", "a.b", "a\\.b", "a.b.c", "key[]", "x[]", "[]",
            "=", "=", "=", " = ", "[a]", "[a.b]", "[b", "]", "[", "'", "\"", "\\", "#", ";", "\\;", "\\#",
            "\\\\", "true", "false", "null", "'null'", "\"true\"", "'5'", "'1e400'", "'[1,2]'", "'{\"b\":1}'",
            "\"x\\ny\"", "'\"\\ud800\"'", "\u{feff}", "\u{a0}", "\u{2028}", "\u{85}", "\t", " ", "é", "😀", ":",
            "__proto__", "[__proto__]", "${A}", ",", "1", "0.5", "-", "\u{0}",
        ];
        const ENDS: &[&str] = &["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n"];
        let mut text = String::new();
        for _ in 0..self.random.below(8) {
            match self.random.below(4) {
                0 => text.push_str(&self.random.some(6, PIECES)),
                1 => {
                    text.push_str(
                        self.random
                            .pick(&["a", "b", "a.b", "c", "x[]", "//h.x/:_auth"]),
                    );
                    text.push('=');
                    text.push_str(&self.random.some(3, PIECES));
                }
                2 => text.push_str(self.random.pick(&[
                    "[a]", "[a.b]", "[c]", " [a]", "[a] ", "[a] x", "[]", "['x']", "[x.y.z]",
                ])),
                _ => {
                    text.push_str(&self.random.some(2, PIECES));
                    text.push_str(self.random.pick(&["=", " = ", "=="]));
                    text.push_str(&self.random.some(4, PIECES));
                }
            }
            text.push_str(self.random.pick(ENDS));
        }
        text
    }

    /// Words for a command line.
    pub(super) fn args(&mut self, most: usize) -> Vec<String> {
        #[rustfmt::skip]
        const FLAGS: &[&str] = &[
            "--tag", "--access", "--otp", "--registry", "--reg", "--scope", "--workspace", "-w", "-wa", "-ws",
            "--ws", "--workspaces", "--no-workspaces", "--dry-run", "--dry", "--no-dry-run", "--force", "-f",
            "--json", "--provenance", "--no-provenance", "--userconfig", "--prefix", "-C", "--loglevel", "-d",
            "-dd", "--ddd", "-s", "-q", "--silent", "--quiet", "--verbose", "--color", "--no-color", "--local",
            "--location", "-L", "--global", "-g", "--foo", "--no-foo", "--foo-bar", "--@s:registry", "--//h/:_authToken",
            "--_auth", "--_authToken", "--omit", "--no-otp", "--no-tag", "--no-access", "--acc", "--regis",
            "--no-no-dry-run", "-tag", "---tag", "--fetch-retries", "--fetch-timeout", "--ca", "--proxy",
            "--no-proxy", "--https-proxy", "--noproxy", "--strict-ssl", "--iwr", "-iwr", "--include", "--desc",
            "--help", "-h", "-?", "-v", "-fw", "-n", "--no", "--yes", "-y", "--lockfile-version", "--cache", "--ca-",
            "--expect-results", "--which", "--auth-type", "--ignore-scripts", "--no-scripts", "--NO-json", "--Tag",
            "--porcelain", "--argv", "--script-shell", "--all", "--a", "--au", "--node-options", "--sign-git-tag",
            "--replace-registry-host", "--umask", "--call", "-c", "-m", "--save", "-S", "-gd", "-dg", "--ignore",
            "--sav", "--save-", "--prov", "--work", "--inc", "--noproxy-", "--strict-npmrc", "--usage", "--versions",
        ];
        #[rustfmt::skip]
        const VALUES: &[&str] = &[
            "next", "v1", "public", "restricted", "private", "bogus", "true", "false", "null", "5", "0", "-1",
            "./dir", ".", "dist", "a/b", "http://h/", "http://h", "https://h/npm", "foo", "localhost:4873", "", "-",
            "--", "---", "~/x", "/abs", "${WORD}", "always", "silent", "dev", "123456", "x=y", "@s", "0x10", "1e3",
            " padded ", "HTTP://H", "http://u:p@h/x y", "undefined", "-1x", "--=", "-=", "http:h", "//h/x",
        ];
        (0..self.random.below(most + 1))
            .map(|_| match self.random.below(8) {
                0..4 => self.random.pick(FLAGS).to_owned(),
                4 | 5 => format!("{}={}", self.random.pick(FLAGS), self.random.pick(VALUES)),
                _ => self.random.pick(VALUES).to_owned(),
            })
            .collect()
    }

    /// One or two flags for `npm publish`, as people write them.
    pub(super) fn usual_args(&mut self, bias: Bias) -> Vec<String> {
        if bias == Bias::Layers && self.random.chance(2) {
            return self.args(4);
        }
        let mut args = Vec::new();
        for _ in 0..self.random.below(3) {
            args.push(match self.random.below(8) {
                0 | 1 => format!("--registry={}", self.url()),
                2 => format!("--@s:registry={}", self.url()),
                3 => format!("--scope={}", self.random.pick(&["@s", "s", "@o", ""])),
                4 => format!(
                    "--{}:_authToken={}",
                    self.random.pick(DARTS),
                    self.random.pick(TOKENS)
                ),
                5 => format!("--tag={}", self.random.pick(PLAIN_VALUES)),
                6 => format!("--access={}", self.random.pick(PLAIN_VALUES)),
                _ => self
                    .random
                    .pick(&[
                        "--global",
                        "--no-workspaces",
                        "--workspaces",
                        "--provenance",
                        "--dry-run",
                    ])
                    .to_owned(),
            });
        }
        args
    }

    /// The text of an .npmrc.
    pub(super) fn npmrc(&mut self, bias: Bias) -> String {
        let mut text = String::new();
        for _ in 0..self.random.below(5) {
            let (key, value) = self.setting(bias);
            let between = self.random.pick(&["=", "=", "=", " = "]);
            let line = match self.random.below(24) {
                0 => format!("; {key}={value}"),
                1 => key,
                2 => format!("{key}{between}{value} # note"),
                3 => format!("[section]\n{key}={value}"),
                _ => format!("{key}{between}{value}"),
            };
            text.push_str(&line);
            text.push_str(self.random.pick(&["\n", "\n", "\r\n"]));
        }
        text
    }

    /// A key and its value.
    pub(super) fn setting(&mut self, bias: Bias) -> (String, String) {
        let which = self.random.below(12);
        let plain = match bias {
            Bias::Layers => 8,
            Bias::Registry => 3,
            Bias::Credential => 1,
        };
        if which < plain {
            return self.plain_setting(bias);
        }
        let of_registry = match bias {
            Bias::Registry => 10,
            _ => 6,
        };
        if which < of_registry {
            return self.registry_setting();
        }
        self.credential_setting()
    }

    fn plain_setting(&mut self, bias: Bias) -> (String, String) {
        #[rustfmt::skip]
        const FILES: &[&str] = &[
            "userconfig", "globalconfig", "prefix", "provenance-file", "save-dev", "save-prod", "registry[]",
        ];
        #[rustfmt::skip]
        const PATHS: &[&str] = &["~/.npmrc", "../other/rc", "./rc", "/nowhere/rc", "${UNSET}", "", "~/rc"];
        let (keys, values) = if bias == Bias::Layers && self.random.chance(12) {
            (FILES, PATHS)
        } else {
            (PLAIN_KEYS, PLAIN_VALUES)
        };
        let key = self.random.pick(keys).to_owned();
        (key, self.random.pick(values).to_owned())
    }

    fn registry_setting(&mut self) -> (String, String) {
        let key = match self.random.below(10) {
            0..4 => "registry".to_owned(),
            4..7 => {
                let scope = self.random.pick(&["s", "o", "S", "${WORD}"]);
                format!("@{scope}:registry")
            }
            _ => {
                let scope = self.random.pick(&["@s", "s", "@o", "", "${WORD}", "@S"]);
                return ("scope".to_owned(), scope.to_owned());
            }
        };
        (key, self.url())
    }

    fn credential_setting(&mut self) -> (String, String) {
        #[rustfmt::skip]
        const UNSCOPED: &[&str] = &[
            "_auth", "_authToken", "username", "_password", "email", "certfile", "keyfile", "_authtoken", "-authtoken",
        ];
        let key = if self.random.chance(20) {
            self.random.pick(UNSCOPED).to_owned()
        } else {
            format!("{}:{}", self.random.pick(DARTS), self.random.pick(FIELDS))
        };
        (key, self.random.pick(TOKENS).to_owned())
    }
}
