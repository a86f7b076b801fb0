//! Cases made from fragments that matter to npm's rules. The same seed makes the same cases.

use serde_json::{Value, json};

use crate::support::random::Random;

pub(super) struct Generator {
    pub(super) random: Random,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
        }
    }

    /// As many cases as this run asks for.
    pub(super) fn cases(&mut self, mut make: impl FnMut(&mut Self) -> Value) -> Vec<Value> {
        let count = std::env::var("SAFE_PUBLISH_DIFFERENTIAL")
            .ok()
            .and_then(|count| count.parse().ok())
            .unwrap_or(500);
        (0..count).map(|_| make(self)).collect()
    }

    pub(super) fn name(&mut self) -> Value {
        #[rustfmt::skip]
        const PARTS: &[&str] = &[
            "a", "pkg", "my-utils", ".", "-", "_", "~", "!", "'", "(", ")", "*", "A", "Pkg", "1",
            "%", "+", ":", " ", "ä", "😀", "\n", "node_modules", "favicon.ico", "http",
            "fs/promises", "\u{feff}", "@", "/", "%20", "\u{130}",
        ];
        #[rustfmt::skip]
        const WHOLE: &[&str] = &[
            "", " ", "node_modules", "Node_Modules", "FAVICON.ICO", "http", "latest", "1.0.0",
            "@s/node_modules", "@s/http", "@", "@/", "@a", "@a/", "@/b", "@a/b/c", "a/b",
            "@@a/b", "@.s/a", "@s/.a", "@s/-a", "@s/_a", "-", "--a", "node:test", "constructor",
            "__proto__",
        ];
        match self.random.below(12) {
            0 => self.odd_value(),
            1 => json!(self.random.pick(WHOLE)),
            2 => json!("a".repeat(205 + self.random.below(20))),
            3 => json!(format!(" {} ", self.random.pick(WHOLE))),
            4..8 => json!(format!(
                "@{}/{}",
                self.random.some(2, PARTS),
                self.random.some(2, PARTS)
            )),
            _ => json!(self.random.some(4, PARTS)),
        }
    }

    /// A value in place of a string.
    fn odd_value(&mut self) -> Value {
        let odd = [
            json!(null),
            json!(0),
            json!(5),
            json!(1.5),
            json!(true),
            json!(false),
            json!([]),
            json!({}),
            json!(["1.0.0"]),
            json!(""),
        ];
        odd[self.random.below(odd.len())].clone()
    }

    pub(super) fn version(&mut self) -> Value {
        if self.random.chance(12) {
            return self.odd_value();
        }
        json!(self.near_version())
    }

    fn number(&mut self) -> &'static str {
        self.random.pick(&[
            "0",
            "1",
            "2",
            "3",
            "10",
            "0",
            "1",
            "2",
            "01",
            "00",
            "12",
            "9007199254740991",
            "9007199254740992",
            "99999999999999999999",
            "",
        ])
    }

    /// A text that is nearly always a version in some reading.
    pub(super) fn near_version(&mut self) -> String {
        #[rustfmt::skip]
        const PRE: &[&str] = &[
            "-", "-", "", ".", "alpha", "beta", "0", "1", "01", "x", "--", "-a", "rc", "é", " ",
            "1.2", "a.b", "9007199254740991", "9007199254740993", "009",
        ];
        let start = match self.random.below(6) {
            0 => self
                .random
                .some(3, &["v", "=", " ", "\t", "V", "\u{feff}", ">"]),
            _ => String::new(),
        };
        let mut text = format!(
            "{start}{}.{}.{}",
            self.number(),
            self.number(),
            self.number()
        );
        if self.random.chance(10) {
            text = format!("{start}{}.{}", self.number(), self.number());
        }
        if self.random.chance(2) {
            text = format!(
                "{text}-{}",
                self.random
                    .pick(&["alpha", "0", "1", "beta.1", "rc.0", "x"])
            );
        } else if self.random.chance(3) {
            text = format!("{text}{}", self.random.some(4, PRE));
        }
        if self.random.chance(8) {
            text = format!(
                "{text}{}",
                self.random
                    .pick(&["+b", "+b.1", "+", "+a+b", "+01", "+a..b"])
            );
        }
        if self.random.chance(60) {
            text = format!("{text}-{}", "a".repeat(230 + self.random.below(30)));
        }
        if self.random.chance(20) {
            text.push_str(self.random.pick(&[" ", "\n", " x", ".", ".4"]));
        }
        text
    }

    fn partial(&mut self) -> String {
        let id = |make: &mut Self| match make.random.below(5) {
            0 => make.random.pick(&["x", "X", "*"]),
            _ => make.number(),
        };
        let mut text = id(self).to_owned();
        for _ in 0..self.random.below(3) {
            text = format!("{text}.{}", id(self));
        }
        if self.random.chance(4) {
            text.push_str(
                self.random
                    .pick(&["-alpha", "-0", "-beta.1", "beta", "-01", "-", ".4", "-x.y"]),
            );
        }
        if self.random.chance(10) {
            text.push_str(self.random.pick(&["+b", "+", "+b+c", "*", "é"]));
        }
        text
    }

    fn comparator(&mut self) -> String {
        let operator = self.random.pick(&[
            "", "", "", "^", "~", ">", ">=", "<", "<=", "=", "~>", "==", "><", "=>", "v", "^^",
            "~^", "^~", "=v", "<>", "*",
        ]);
        let gap = self
            .random
            .pick(&["", "", "", " ", "  ", "\t", "v", "=", " v ", " = "]);
        format!("{operator}{gap}{}", self.partial())
    }

    pub(super) fn range(&mut self) -> String {
        const WORDS: &[&str] = &[
            "", " ", "*", "x", "X", "v", "latest", "next", "v1", "1", "1.x", "2024", "||", " || ",
            "-", " - ", "beta1", "v-next", "latest-1", "<", ">=", "^", "~", "=", "1 ||", "* || 1",
            "<0.0.0-0", ">*", "<*", ">=0.0.0", "^*", "~x", "^0", "^0.0", "v1.2.3", "= 1.2.3", "|",
        ];
        match self.random.below(10) {
            0 => self.random.pick(WORDS).to_owned(),
            1 => self.random.some(3, WORDS),
            2 => format!("{} - {}", self.partial(), self.partial()),
            3 => format!(
                "{} - {} {}",
                self.partial(),
                self.partial(),
                self.comparator()
            ),
            4 => format!("{} || {}", self.comparator(), self.comparator()),
            5 => format!(
                "{}||{} {}",
                self.comparator(),
                self.comparator(),
                self.comparator()
            ),
            6 => format!("{} {}", self.comparator(), self.comparator()),
            7 => format!("{}{}", self.comparator(), self.random.pick(WORDS)),
            _ => self.comparator(),
        }
    }

    pub(super) fn spec(&mut self) -> String {
        #[rustfmt::skip]
        const PARTS: &[&str] = &[
            "a", "dist", "packages", "/", "/", ".", "..", "./", "../", "~", "~/", "@", ":", "#",
            "file:", "npm:", "github:", "gitlab:", "git@", "github.com", "https://",
            "git+ssh://", "git+https://", "git://", "http://", "ftp://", ".git", ".tgz",
            ".tar.gz", ".tar", "\\", "C:", "1.0.0", "^1", " ", "%20", "?", "-", "_", "semver:^1",
            "tree/main", "host.example",
        ];
        #[rustfmt::skip]
        const WHOLE: &[&str] = &[
            "", "-", ".", "..", "dist", "./dist", "dist/", "a/b", "a/b/", "a/b/c", "a/b#c",
            "a#b/c", "/abs", "/abs/x.tgz", "~", "~/x", "~x", "C:\\x", "C:/x", "c:x", "\\\\s\\x",
            "a\\b", "x.tgz", "x.TGZ", "./x.tar.gz", "file:x", "file:./x", "file:/x", "file://x",
            "file:///x", "file:////x", "file:/../x", "file:///./x", "FILE:x", "file:x.tgz",
            "file:~/x", "file:/~/x", "file:", "name@./x", "name@file:x", "name@1", "name@",
            "name@a/b", "@s/n", "@s/n@1", "@s/n@a/b", "@s", "@s/", "@s/a/b", "npm:x", "npm:x@1",
            "npm:npm:x", "npm:a/b", "npm:", "npm:^1", "npm:@s/x", "x@npm:y", "x@npm:./y",
            "git@github.com:a/b", "git@github.com:a/b.git", "git@host.example:a/b",
            "git@host:a/b", "a@b.c:d", "https://github.com/a/b",
            "https://github.com/a/b/tree/main", "https://github.com/a/b/archive/x.tar.gz",
            "https://github.com/a", "http://github.com/a/b", "https://www.github.com/a/b",
            "https://gitlab.com/a/b/c", "https://gitlab.com/a", "http://gitlab.com/a/b",
            "https://example.com/x.tgz", "https://example.com", "https://",
            "git+ssh://git@host.example:a/b", "git+ssh://git@host.example:22/a/b",
            "git+ssh://git@github.com:a/b.git", "git+file:///x", "git+rsync://h/x",
            "ssh://git@h/x", "gist:abc", "gist:u/abc", "bitbucket:a/b", "sourcehut:~a/b",
            "github:a", "gitlab:a/b/c", "_a@1", ".a@1", "a b", "a%20b", "foo@>1 <2", "foo@a b",
            "workspace:*", "link:../x", "x@workspace:*", "portal:x", "git+foo:x", "mailto:x@y.z",
            "https://user@github.com/a/b", "https://git.sr.ht/~a/b",
            "https://bitbucket.org/a/b/get/x", "https://gist.github.com/a",
        ];
        match self.random.below(5) {
            0 | 1 => self.random.pick(WHOLE).to_owned(),
            2 => format!("{}{}", self.random.pick(WHOLE), self.random.some(2, PARTS)),
            _ => self.random.some(5, PARTS),
        }
    }

    pub(super) fn repository(&mut self) -> Value {
        #[rustfmt::skip]
        const START: &[&str] = &[
            "", "git+https://github.com/", "https://github.com/", "git@github.com:", "github:",
            "git://github.com/", "git+ssh://git@github.com/", "ssh://git@github.com:", "gitlab:",
            "https://gitlab.com/", "git@gitlab.com:", "bitbucket:", "https://bitbucket.org/",
            "gist:", "https://gist.github.com/", "git@gist.github.com:", "https://git.sr.ht/",
            "http://github.com/", "git+http://github.com/", "https://user:pw@github.com/",
            "https://user@gitlab.com/", "https://example.com/", "https://www.github.com/",
            "sourcehut:", "git+https://gist.github.com/", "git+ssh://git@git.sr.ht/",
        ];
        #[rustfmt::skip]
        const PATH: &[&str] = &[
            "a/b", "a/b.git", "a/b/tree/main", "a/b/tree/main/x", "a/b/blob/x", "a", "a/b#main",
            "a/b/c", "a/b.git#v1", "~a/b", "a/b%20c", "", "a/b/", "A/B", "a/b#semver:^1",
            "a/b/-/tree/x", "a/b/raw/x", "a/b/archive/x", "a/.git", "a/b%zz", "a/b?x=y",
            "a/b.git/",
        ];
        let url = format!("{}{}", self.random.pick(START), self.random.pick(PATH));
        match self.random.below(3) {
            0 => json!({"type": "git", "url": url, "directory": "packages/x"}),
            1 => json!({"url": url}),
            _ => json!(url),
        }
    }

    pub(super) fn json(&mut self) -> String {
        #[rustfmt::skip]
        const TOKENS: &[&str] = &[
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"version\"", "\"\\u00e4\"", "1", "-0", "01",
            "1.5", "1e5", "1e999", "-1e999", "1.", ".5", "-", "+1", "true", "false", "null",
            "nul", "tru", "NaN", " ", "\n", "\r\n", "\t", "\u{a0}", "'a'", "\"\\ud800\"",
            "\"\\ud83d\\ude00\"", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "//", "/* */", "\"\u{1}\"",
            "\"", "😀", "\u{feff}", "12345678901234567890", "1E+2", "\"\\/\"", "undefined",
            "\"a\":", "\"b\":{", "\"__proto__\":1",
        ];
        let lead = match self.random.below(8) {
            0 => "\u{feff}",
            1 => "\r\n ",
            _ => "",
        };
        match self.random.below(3) {
            0 => format!("{lead}{}", self.random.some(8, TOKENS)),
            1 => format!("{lead}{{{}}}", self.random.some(6, TOKENS)),
            _ => {
                // A valid text with one change.
                let good = "{\"name\": \"ä\", \"version\": \"1.0.0\",\r\n \"a\": [1, {\"b\": null}, \"\\n\"], \"name\": \"x\"}";
                let chars: Vec<char> = good.chars().collect();
                let at = self.random.below(chars.len());
                let (head, tail) = chars.split_at(at);
                let cut = self.random.below(3);
                let middle = if self.random.chance(2) {
                    self.random.pick(TOKENS)
                } else {
                    ""
                };
                let tail: String = tail.iter().skip(cut).collect();
                format!("{lead}{}{middle}{tail}", head.iter().collect::<String>())
            }
        }
    }

    pub(super) fn path(&mut self) -> String {
        #[rustfmt::skip]
        const NAMES: &[&str] = &[
            "a", "b", "ab", "abc", "packages", "core", ".hidden", "x.y", "node_modules", "A",
            "a1", "a2", "{a}", "[a]", "a-b", "1", "02",
        ];
        let count = 1 + self.random.below(4);
        let mut parts: Vec<&str> = (0..count).map(|_| self.random.pick(NAMES)).collect();
        if self.random.chance(8) {
            parts.push("");
        }
        parts.join("/")
    }

    pub(super) fn pattern(&mut self) -> String {
        #[rustfmt::skip]
        const PARTS: &[&str] = &[
            "*", "**", "a", "b", "packages", "a*", "*b", "?", "??", "[ab]", "[!a]", "[a-c]*",
            "{a,b}", "{a,b}*", "*.y", ".*", ".hidden", "@(a|b)", "!(a)", "!(a|b)*", "+(a|b)",
            "*(a|b)c", "?(a)b", "{1..3}", "{02..1}", "a{b,c}", "{a}", "{}", "\\*", "\\{a\\}",
            "[[:alpha:]]*", "[]", "[", "*a*", "***", ".", "..", "core", "{packages/*,a}",
            "{a,{b,core}}", "!(.*)", "@(.hidden|a)", "+(?)", "[^b]", "a{,b}", "{x.y,**}",
            "node_modules", "\\a", "*(.|a)", "{a..c}", "${a,b}", "[a-", "@(a", "!()", "@()",
        ];
        let count = 1 + self.random.below(4);
        let parts: Vec<&str> = (0..count).map(|_| self.random.pick(PARTS)).collect();
        let separator = if self.random.chance(20) { "//" } else { "/" };
        let lead = match self.random.below(14) {
            0 => "!",
            1 => "!!",
            // npm's own regular expression is broken for a class of letters after it.
            2 if !parts.concat().contains("[[:") => "#",
            3 => "./",
            _ => "",
        };
        let end = if self.random.chance(10) { "/" } else { "" };
        format!("{lead}{}{end}", parts.join(separator))
    }
}
