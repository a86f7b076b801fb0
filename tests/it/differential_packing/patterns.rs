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

/// How a pattern is made from the parts of a path. Usual shapes are listed several times, and
/// `{backslashed}` is the path as Windows writes it.
const SHAPES: [&str; 45] = [
    "{path}",
    "{path}",
    "{path}",
    "{path}",
    "{path}",
    "{top}",
    "{top}",
    "{top}",
    "{top}/",
    "{folder}",
    "{folder}/",
    "{folder}/*",
    "{folder}/**",
    "{folder}/**/*",
    "**/{base}",
    "*.{extension}",
    "**/*.{extension}",
    "{folder}/*.{extension}",
    "/{path}",
    "./{path}",
    "/{top}",
    "./{top}/",
    "{base}",
    "{upper}",
    "{lower}",
    "{{base},zzz}",
    "{top}/!({base})",
    "!({top})",
    "[{first}q]{rest}",
    "?{rest}",
    "{first}*",
    "{top}*",
    "{top}/**/{base}",
    "{folder}/./{base}",
    "{folder}/../{base}",
    "../{path}",
    "{folder}//{base}",
    " {path} ",
    "\\{path}",
    "@({base}|q)",
    "*({first}|{rest})",
    "{backslashed}",
    "{path}/**",
    "**/{top}/**",
    "{top}/*/..",
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
        let Some(shape) = SHAPES.get(self.random.below(SHAPES.len() + 1)) else {
            return self.random.pick(ODD).to_owned();
        };
        let parts = [
            ("{folder}", folder),
            ("{top}", top),
            ("{base}", base),
            ("{extension}", extension),
            ("{first}", &first),
            ("{rest}", &rest),
            ("{upper}", &path.to_uppercase()),
            ("{lower}", &path.to_lowercase()),
            ("{backslashed}", &path.replace('/', "\\")),
            ("{path}", path),
        ];
        let fill = |text: String, (name, part): (&str, &str)| text.replace(name, part);
        parts.into_iter().fold((*shape).to_owned(), fill)
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
