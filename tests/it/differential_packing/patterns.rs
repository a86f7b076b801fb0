//! Patterns, and the ignore files that contain them.

use super::generate::Generator;
use super::tree::Tree;

/// Patterns that are unrelated to the tree.
const ODD: &[&str] = &[
    "*",
    "**",
    "*/",
    "*/*",
    ".",
    "..",
    "/",
    "./",
    "",
    ".*",
    "**/.*",
    "*.*",
    "???",
    "*/**",
    "/*",
    "/**",
    "!",
    "node_modules",
    "**/node_modules",
    "[!a]*",
    "[[:upper:]]*",
    "[[:alpha:]].*",
    "*-[[:digit:]].*",
    "*[[:upper:]] *",
    "{a,b}*",
    "{1..3}",
    "*.{js,ts}",
    "+([a-z]).js",
    "[z-a]",
    "[]",
    "[a",
    "(",
    "README*",
    ".npmrc",
    "package.json",
    "*[",
    "\\",
    "a\\*",
    "*\\.js",
    "dist*/**",
    "**/**",
    "**/*/**",
    "#x",
];

impl Generator {
    /// A pattern that may match something in the tree.
    pub(super) fn pattern(&mut self, tree: &Tree) -> String {
        let paths: Vec<&String> = tree.things.keys().collect();
        let path = if paths.is_empty() {
            "lib/index.js"
        } else {
            paths[self.random.below(paths.len())]
        };
        let base = path.rsplit('/').next().unwrap_or(path);
        let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
        let top = path.split('/').next().unwrap_or(path);
        let extension = base
            .rsplit_once('.')
            .map_or(base, |(_, extension)| extension);
        let first: String = base.chars().take(1).collect();
        let rest: String = base.chars().skip(1).collect();
        match self.random.below(46) {
            0..=4 => path.to_owned(),
            5..=7 => top.to_owned(),
            8 => format!("{top}/"),
            9 => folder.to_owned(),
            10 => format!("{folder}/"),
            11 => format!("{folder}/*"),
            12 => format!("{folder}/**"),
            13 => format!("{folder}/**/*"),
            14 => format!("**/{base}"),
            15 => format!("*.{extension}"),
            16 => format!("**/*.{extension}"),
            17 => format!("{folder}/*.{extension}"),
            18 => format!("/{path}"),
            19 => format!("./{path}"),
            20 => format!("/{top}"),
            21 => format!("./{top}/"),
            22 => base.to_owned(),
            23 => path.to_uppercase(),
            24 => path.to_lowercase(),
            25 => format!("{{{base},zzz}}"),
            26 => format!("{top}/!({base})"),
            27 => format!("!({top})"),
            28 => format!("[{first}q]{rest}"),
            29 => format!("?{rest}"),
            30 => format!("{first}*"),
            31 => format!("{top}*"),
            32 => format!("{top}/**/{base}"),
            33 => format!("{folder}/./{base}"),
            34 => format!("{folder}/../{base}"),
            35 => format!("../{path}"),
            36 => format!("{folder}//{base}"),
            37 => format!(" {path} "),
            38 => format!("\\{path}"),
            39 => format!("@({base}|q)"),
            40 => format!("*({first}|{rest})"),
            41 => path.replace('/', "\\"),
            42 => format!("{path}/**"),
            43 => format!("**/{top}/**"),
            44 => format!("{top}/*/.."),
            _ => self.random.pick(ODD).to_owned(),
        }
    }

    pub(super) fn ignore_text(&mut self, tree: &Tree) -> String {
        let end = self.random.pick(&["\n", "\n", "\n", "\r\n", "\r"]);
        let mut text = String::new();
        if self.random.percent(4) {
            text.push('\u{feff}');
        }
        for _ in 0..self.random.below(7) {
            let mark = match self.random.below(10) {
                0..=2 => "!",
                3 => self.random.pick(&["!!", "# ", "  ", "! ", "!#"]),
                _ => "",
            };
            text.push_str(mark);
            text.push_str(&self.pattern(tree));
            text.push_str(end);
        }
        text
    }

    pub(super) fn ignore_files(&mut self, tree: &mut Tree, at: &str) {
        for (name, percent) in [(".npmignore", 30), (".gitignore", 40)] {
            if self.random.percent(percent) {
                let text = self.ignore_text(tree);
                tree.file(&format!("{at}{name}"), &text, 0o644);
            }
        }
        let folders = tree.folders(at);
        for _ in 0..self.random.below(3).min(folders.len()) {
            let folder = &folders[self.random.below(folders.len())];
            let name = self.random.pick(&[".npmignore", ".gitignore"]);
            let text = self.ignore_text(tree);
            tree.file(&format!("{folder}/{name}"), &text, 0o644);
        }
    }
}
