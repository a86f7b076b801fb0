//! Cases, made from fragments that matter to npm's rules. The same seed makes
//! the same cases.

/// What most of a case exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bias {
    Layers,
    Registry,
    Credential,
}

pub(super) struct Generator {
    pub(super) seed: u64,
    state: u64,
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
        let seed = match std::env::var("SAFE_PUBLISH_SEED").ok().as_deref() {
            None => 1,
            Some("free") => jiff::Timestamp::now().as_millisecond().unsigned_abs(),
            Some(text) => text
                .parse()
                .expect("SAFE_PUBLISH_SEED is a number or `free`"),
        };
        let state = (seed ^ (stream << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { seed, state }
    }

    /// xorshift64*.
    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True once in `of` times.
    pub(super) fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Up to `most` picks, joined.
    fn some(&mut self, most: usize, from: &[&str]) -> String {
        let count = self.below(most + 1);
        (0..count).map(|_| self.pick(from)).collect()
    }

    pub(super) fn url(&mut self) -> String {
        let odd = self.chance(5);
        self.pick(if odd { ODD_URLS } else { URLS }).to_owned()
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
        let start = self.pick(STARTS);
        let usual = self.pick(&["h", "h.example", "H", "h:80", "", "u:p@h"]);
        format!("{start}{usual}{}", self.some(4, PIECES))
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
        for _ in 0..self.below(8) {
            match self.below(4) {
                0 => text.push_str(&self.some(6, PIECES)),
                1 => {
                    text.push_str(self.pick(&["a", "b", "a.b", "c", "x[]", "//h.x/:_auth"]));
                    text.push('=');
                    text.push_str(&self.some(3, PIECES));
                }
                2 => text.push_str(self.pick(&[
                    "[a]", "[a.b]", "[c]", " [a]", "[a] ", "[a] x", "[]", "['x']", "[x.y.z]",
                ])),
                _ => {
                    text.push_str(&self.some(2, PIECES));
                    text.push_str(self.pick(&["=", " = ", "=="]));
                    text.push_str(&self.some(4, PIECES));
                }
            }
            text.push_str(self.pick(ENDS));
        }
        text
    }

    /// Words of a command line.
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
        (0..self.below(most + 1))
            .map(|_| match self.below(8) {
                0..4 => self.pick(FLAGS).to_owned(),
                4 | 5 => format!("{}={}", self.pick(FLAGS), self.pick(VALUES)),
                _ => self.pick(VALUES).to_owned(),
            })
            .collect()
    }

    /// A flag or two for `npm publish`, as people write them.
    pub(super) fn usual_args(&mut self, bias: Bias) -> Vec<String> {
        if bias == Bias::Layers && self.chance(2) {
            return self.args(4);
        }
        let mut args = Vec::new();
        for _ in 0..self.below(3) {
            args.push(match self.below(8) {
                0 | 1 => format!("--registry={}", self.url()),
                2 => format!("--@s:registry={}", self.url()),
                3 => format!("--scope={}", self.pick(&["@s", "s", "@o", ""])),
                4 => format!("--{}:_authToken={}", self.pick(DARTS), self.pick(TOKENS)),
                5 => format!("--tag={}", self.pick(PLAIN_VALUES)),
                6 => format!("--access={}", self.pick(PLAIN_VALUES)),
                _ => self
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
        for _ in 0..self.below(5) {
            let (key, value) = self.setting(bias);
            let between = self.pick(&["=", "=", "=", " = "]);
            let line = match self.below(24) {
                0 => format!("; {key}={value}"),
                1 => key,
                2 => format!("{key}{between}{value} # note"),
                3 => format!("[section]\n{key}={value}"),
                _ => format!("{key}{between}{value}"),
            };
            text.push_str(&line);
            text.push_str(self.pick(&["\n", "\n", "\r\n"]));
        }
        text
    }

    /// A key and its value.
    pub(super) fn setting(&mut self, bias: Bias) -> (String, String) {
        let which = self.below(12);
        let plain = match bias {
            Bias::Layers => 8,
            Bias::Registry => 3,
            Bias::Credential => 1,
        };
        if which < plain {
            if bias == Bias::Layers && self.chance(12) {
                let key = self.pick(&[
                    "userconfig",
                    "globalconfig",
                    "prefix",
                    "provenance-file",
                    "save-dev",
                    "save-prod",
                    "registry[]",
                ]);
                let value = self.pick(&[
                    "~/.npmrc",
                    "../other/rc",
                    "./rc",
                    "/nowhere/rc",
                    "${UNSET}",
                    "",
                    "~/rc",
                ]);
                return (key.to_owned(), value.to_owned());
            }
            return (
                self.pick(PLAIN_KEYS).to_owned(),
                self.pick(PLAIN_VALUES).to_owned(),
            );
        }
        let of_registry = match bias {
            Bias::Registry => 10,
            _ => 6,
        };
        if which < of_registry {
            let key = match self.below(10) {
                0..4 => "registry".to_owned(),
                4..7 => format!("@{}:registry", self.pick(&["s", "o", "S", "${WORD}"])),
                _ => {
                    return (
                        "scope".to_owned(),
                        self.pick(&["@s", "s", "@o", "", "${WORD}", "@S"])
                            .to_owned(),
                    );
                }
            };
            return (key, self.url());
        }
        if self.chance(20) {
            let key = self.pick(&[
                "_auth",
                "_authToken",
                "username",
                "_password",
                "email",
                "certfile",
                "keyfile",
                "_authtoken",
                "-authtoken",
            ]);
            return (key.to_owned(), self.pick(TOKENS).to_owned());
        }
        let key = format!("{}:{}", self.pick(DARTS), self.pick(FIELDS));
        (key, self.pick(TOKENS).to_owned())
    }
}
