//! Programs that do not change package.json in a way that matters to a publish.

/// Compilers, bundlers, linters, test runners and the like, in alphabetical order. They write
/// what they build, and at most read package.json. Programs that only sort its keys are
/// included.
const PROGRAMS: &[&str] = &[
    ":",
    "[",
    "[[",
    "api-extractor",
    "arethetypeswrong",
    "astro",
    "attw",
    "ava",
    "babel",
    "babel-node",
    "biome",
    "borp",
    "bunchee",
    "bundlesize",
    "c8",
    "cat",
    "cd",
    "chmod",
    "codecov",
    "coffee",
    "commitlint",
    "cspell",
    "cypress",
    "date",
    "diff",
    "doctoc",
    "documentation",
    "dpdm",
    "dts-bundle-generator",
    "dtsroll",
    "echo",
    "elm",
    "esbuild",
    "eslint",
    "exit",
    "export",
    "false",
    "father",
    "flow",
    "graphql-codegen",
    "grep",
    "head",
    "husky",
    "in-install",
    "in-publish",
    "is-ci",
    "jasmine",
    "jest",
    "jsdoc",
    "jshint",
    "karma",
    "knip",
    "lab",
    "lefthook",
    "less",
    "lessc",
    "licensee",
    "lint-staged",
    "ls",
    "madge",
    "markdownlint",
    "microbundle",
    "mkdir",
    "mkdirp",
    "mocha",
    "napi",
    "ncc",
    "ng",
    "ng-packagr",
    "ngc",
    "node-gyp",
    "node-gyp-build",
    "not-in-install",
    "not-in-publish",
    "npmignore",
    "nuxt-module-build",
    "nyc",
    "oxfmt",
    "oxlint",
    "parcel",
    "patch-package",
    "peggy",
    "pegjs",
    "pkgroll",
    "playwright",
    "postcss",
    "prebuildify",
    "preconstruct",
    "prettier",
    "prettier-package-json",
    "printf",
    "prisma",
    "protoc",
    "publint",
    "pwd",
    "rescript",
    "rimraf",
    "rolldown",
    "rollup",
    "rslib",
    "rspack",
    "sass",
    "set",
    "sherif",
    "simple-git-hooks",
    "size-limit",
    "sleep",
    "sort-package-json",
    "standard",
    "stencil",
    "stylelint",
    "svelte-check",
    "svelte-kit",
    "svelte-package",
    "swc",
    "tail",
    "tap",
    "tape",
    "terser",
    "test",
    "touch",
    "true",
    "tsc",
    "tsd",
    "tsdown",
    "tslint",
    "tsup",
    "ttsc",
    "typedoc",
    "uglifyjs",
    "unbuild",
    "vite",
    "vitest",
    "vue-tsc",
    "webpack",
    "xo",
];

/// Programs that copy, move or delete the files in their arguments.
const FILE_TOOLS: [&str; 12] = [
    "copyfiles",
    "cp",
    "cpx",
    "cpx2",
    "cpy",
    "del",
    "del-cli",
    "ln",
    "mv",
    "ncp",
    "rm",
    "rsync",
];

/// Subcommands of git that change no files.
const GIT: [&str; 14] = [
    "add",
    "branch",
    "commit",
    "config",
    "describe",
    "diff",
    "diff-index",
    "fetch",
    "log",
    "ls-files",
    "push",
    "rev-parse",
    "status",
    "tag",
];

/// Whether a program never changes package.json, whatever its arguments.
pub(super) fn is_harmless(program: &str) -> bool {
    PROGRAMS.binary_search(&program).is_ok()
}

/// Whether a program with these arguments does not change package.json: a file tool whose
/// arguments do not include it, or a subcommand of git that only reads files.
pub(super) fn leaves_manifest_alone(program: &str, arguments: &[String]) -> bool {
    match program {
        "git" => arguments
            .iter()
            .find(|word| !word.starts_with('-'))
            .is_none_or(|part| GIT.contains(&part.as_str())),
        "shx" => arguments.split_first().is_some_and(|(program, rest)| {
            is_harmless(program) || (program != "shx" && leaves_manifest_alone(program, rest))
        }),
        "rm" | "del" | "del-cli" => !arguments.iter().any(|word| may_name_the_manifest(word)),
        _ if FILE_TOOLS.contains(&program) => leaves_target_alone(arguments),
        _ => false,
    }
}

/// Whether files are copied or moved somewhere else: the last argument is the target, and
/// moving package.json away counts as a change, too.
fn leaves_target_alone(arguments: &[String]) -> bool {
    let mut words = arguments.iter().filter(|word| !word.starts_with('-'));
    let target = words.next_back();
    target.is_some_and(|target| {
        let folder = target.trim_end_matches('/');
        !may_name_the_manifest(target) && !matches!(folder, "" | "." | ".." | "$PWD" | "$INIT_CWD")
    })
}

/// Whether an argument can refer to the package.json of the folder that the script runs in, or
/// of one above it.
pub(super) fn may_name_the_manifest(word: &str) -> bool {
    let is_pattern = |text: &str| text.contains(['*', '?', '$', '[', '{']);
    let (folder, last) = word.rsplit_once(['/', '\\']).unwrap_or(("", word));
    let folder = folder.trim_start_matches("./");
    let is_here = matches!(folder, "" | ".") || folder.starts_with("..") || is_pattern(folder);
    is_here && (last.starts_with("package") || is_pattern(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(PROGRAMS.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn tools_for_files_are_judged_by_their_target() {
        let spares = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            leaves_manifest_alone(&words[0], &words[1..])
        };
        for line in [
            "cp -r assets dist/",
            "cp package.json dist/",
            "rm -rf dist lib/*.map",
            "git add -A",
            "shx rm -rf dist",
            "cpy src/*.css dist",
        ] {
            assert!(spares(line), "{line}");
        }
        for line in [
            "cp package.publish.json package.json",
            "cp -r template/ .",
            "mv tmp.json ./package.json",
            "rm package.json",
            "rm *.json",
            "cp x ../package.json",
            "git checkout package.json",
            "git stash",
            "shx cp a package.json",
        ] {
            assert!(!spares(line), "{line}");
        }
    }
}
