//! The same failure in every wrapping: whatever a tool, a CI service or a
//! terminal puts around npm's output, the causes are the same.

use proptest::prelude::Strategy as _;
use safe_publish::explain::{Log, explain_text};

const HOST: &str = "registry.npmjs.org";

/// What npm prints, without its prefix.
struct Failure {
    code: &'static str,
    /// The sentence with the request, or npm's message.
    line: &'static str,
    first: &'static str,
}

const FAILURES: &[Failure] = &[
    Failure {
        code: "E403",
        line: "403 403 Forbidden - PUT https://{host}/@acme%2fcat - You cannot publish over the previously published versions: 1.2.0.",
        first: "version-taken",
    },
    Failure {
        code: "E402",
        line: "402 Payment Required - PUT https://{host}/@acme%2fcat - You must sign up for private packages",
        first: "access-restricted-by-default",
    },
    Failure {
        code: "E404",
        line: "404 Not Found - PUT https://{host}/cat - Not found",
        first: "auth-rejected",
    },
    Failure {
        code: "E400",
        line: "400 Bad Request - PUT https://{host}/cat - Cannot publish over previously published version \"1.2.0\".",
        first: "version-burnt",
    },
    Failure {
        code: "E429",
        line: "429 Too Many Requests - PUT https://{host}/@acme%2fcat - Could not publish, as user undefined: rate limited exceeded",
        first: "registry-rate-limited",
    },
    Failure {
        code: "EOTP",
        line: "This operation requires a one-time password from your authenticator.",
        first: "auth-otp-impossible",
    },
    Failure {
        code: "ENEEDAUTH",
        line: "need auth This command requires you to be logged in to https://{host}/",
        first: "auth-missing",
    },
];

type Wrapping = (&'static str, fn(&str, &str) -> String);

fn each(prefix: &str, code: &str, line: &str) -> String {
    format!("{prefix}code {code}\n{prefix}{line}\n")
}

/// The wrappings that keep npm's own prefix, or print a line as their own.
const WRAPPINGS: &[Wrapping] = &[
    ("npm 10.6 and later", |code, line| {
        each("npm error ", code, line)
    }),
    ("npm 10.5 and before", |code, line| {
        each("npm ERR! ", code, line)
    }),
    ("a debug log", |code, line| {
        format!(
            "0 verbose cli /usr/bin/node /usr/bin/npm\n7 verbose title npm publish\n30 silly logfile done\n41 verbose stack HttpErrorGeneral: {line}\n42 verbose statusCode 0\n43 error code {code}\n44 error {line}\n45 verbose exit 1\n"
        )
    }),
    ("an old debug log", |code, line| {
        format!(
            "0 info it worked if it ends with ok\n41 error code {code}\n42 error {line}\n43 verbose [ 1, true ]\n"
        )
    }),
    ("npm --json", |code, line| {
        let error = serde_json::json!({"error": {"code": code, "summary": line, "detail": ""}});
        serde_json::to_string_pretty(&error).expect("JSON")
    }),
    ("npm --json in a line", |code, line| {
        serde_json::json!({"error": {"code": code, "summary": line, "detail": ""}}).to_string()
    }),
    ("lerna", |code, line| {
        format!(
            "lerna info publish Publishing packages to npm...\n{}lerna ERR! errno \"undefined\" is not a valid exit code - exiting with code 1\n",
            each("lerna ERR! ", code, line)
        )
    }),
    ("lerna round npm", |code, line| {
        each("lerna ERR! publish npm ERR! ", code, line)
    }),
    ("changesets", |code, line| {
        format!(
            "🦋  info Publishing \"cat\" at \"1.2.0\"\n🦋  error an error occurred while publishing cat: {code} {line} \n🦋  error npm error code {code}\n🦋  error npm error {line}\n🦋  error packages failed to publish:\n🦋  cat@1.2.0\n"
        )
    }),
    ("np", |code, line| {
        format!(
            "✔ Prerequisite check\n✖ Publishing package using npm\n✖ Command failed with exit code 1: npm publish\n{}",
            each("npm ERR! ", code, line)
        )
    }),
    ("semantic-release", |code, line| {
        format!(
            "[10:00:01 AM] [semantic-release] › ✘  Failed step \"publish\" of plugin \"@semantic-release/npm\"\n[10:00:01 AM] [semantic-release] › ✘  An error occurred while running semantic-release: Error: Command failed with exit code 1: npm publish /w --tag latest\n{}",
            each("npm ERR! ", code, line)
        )
    }),
    ("a dump of execa", |code, line| {
        format!(
            "  stderr: 'npm ERR! code {code}\\n' +\n    'npm ERR! {line}\\n' +\n    'npm ERR! A complete log of this run can be found in: /x',\n",
            line = line.replace('\'', "\\'")
        )
    }),
    ("GitHub's timestamps", |code, line| {
        each("2026-11-24T10:00:00.1234567Z npm error ", code, line)
    }),
    ("GitHub's error group", |code, line| {
        format!(
            "##[group]Run npm publish\nnpm publish\n##[endgroup]\n##[error]npm error code {code}\n##[error]npm error {line}\n##[error]Process completed with exit code 1.\n"
        )
    }),
    ("GitHub's annotation", |code, line| {
        format!(
            "::error::The process failed with exit code 1%0Anpm error code {code}%0Anpm error {}%0A\n",
            line.replace('%', "%25")
        )
    }),
    ("GitLab", |code, line| {
        format!(
            "\u{1b}[0K\u{1b}[32;1m$ npm publish\u{1b}[0;m\n{}",
            each("2026-11-24T10:00:00.123456Z 01O npm error ", code, line)
        )
    }),
    ("GitLab, older", |code, line| {
        each("\u{1b}[0Knpm ERR! ", code, line)
    }),
    ("Azure", |code, line| {
        format!(
            "{}##[error]Bash exited with code '1'.\n",
            each("2026-11-24T10:00:00.1234567Z npm error ", code, line)
        )
    }),
    ("Jenkins", |code, line| {
        each("[2026-11-24T10:00:00.123Z] npm ERR! ", code, line)
    }),
    ("Jenkins, short", |code, line| {
        each("10:00:00  npm ERR! ", code, line)
    }),
    ("CircleCI or a copied page", |code, line| {
        format!("515 | npm ERR! code {code}\n516 | npm ERR! {line}\n")
    }),
    ("docker compose", |code, line| {
        each("publish-1  | npm error ", code, line)
    }),
    ("turbo", |code, line| {
        each("@acme/cat:publish: npm error ", code, line)
    }),
    ("nx", |code, line| {
        format!(
            "> nx run cat:nx-release-publish\n\n   {}",
            each("npm ERR! ", code, line)
        )
    }),
    ("colours", |code, line| {
        format!(
            "\u{1b}[1mnpm\u{1b}[22m \u{1b}[31merror\u{1b}[39m \u{1b}[94mcode\u{1b}[39m {code}\n\u{1b}[1mnpm\u{1b}[22m \u{1b}[31merror\u{1b}[39m {line}\n"
        )
    }),
    ("Windows", |code, line| {
        each("npm error ", code, line).replace('\n', "\r\n")
    }),
    ("UTF-16 of PowerShell", |code, line| {
        each("npm error ", code, line)
            .chars()
            .flat_map(|c| [c, '\0'])
            .collect()
    }),
    ("one long line", |code, line| {
        format!(
            "npm error code {code} npm error {line} npm error A complete log of this run can be found in: /x"
        )
    }),
    ("quoted in an issue", |code, line| {
        each("> npm ERR! ", code, line)
    }),
    ("a terminal of 60 columns", |code, line| {
        let text = format!("npm error {line}");
        let characters: Vec<char> = text.chars().collect();
        let broken: Vec<String> = characters
            .chunks(60)
            .map(|piece| piece.iter().collect())
            .collect();
        format!("npm error code {code}\n{}\n", broken.join("\n"))
    }),
    ("pnpm", |code, line| {
        format!(
            "{} ELIFECYCLE  Command failed with exit code 1.\n",
            each("npm ERR! ", code, line)
        )
    }),
    ("the key line alone", |_, line| line.to_owned()),
];

fn causes(log: &str) -> Vec<&'static str> {
    let explanation = explain_text(&Log::of_text(log));
    explanation.causes.iter().map(|cause| cause.id).collect()
}

#[test]
fn every_wrapping_of_a_failure_has_its_cause() {
    let mut problems = Vec::new();
    for (wrapping, wrap) in WRAPPINGS {
        for failure in FAILURES {
            let line = failure.line.replace("{host}", HOST);
            let log = wrap(failure.code, &line);
            let ids = causes(&log);
            if ids.first() != Some(&failure.first) {
                problems.push(format!("{wrapping}, {}: {ids:?}", failure.code));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{}:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// Logs of tools that publish without npm, and the first cause. `{over}` is the registry's
/// sentence about a version that is taken.
const OTHER_TOOLS: &[(&str, &str)] = &[
    (
        "yarn publish v1.22.19\n[2/4] Publishing...\nerror Couldn't publish package: \"https://registry.yarnpkg.com/cat: {over}\"\ninfo Visit https://yarnpkg.com/en/docs/cli/publish for documentation about this command.\n",
        "version-taken",
    ),
    (
        "error An unexpected error occurred: \"https://registry.yarnpkg.com/@acme%2fcat: You must sign up for private packages\".\n",
        "access-restricted-by-default",
    ),
    (
        "error Couldn't publish package: \"https://registry.npmjs.org/cat: Not found\"\n",
        "auth-rejected",
    ),
    (
        "➤ YN0035: {over}\n➤ YN0035:   Response Code: 403 (Forbidden)\n➤ YN0035:   Request Method: PUT\n➤ YN0035:   Request URL: https://registry.yarnpkg.com/cat\n➤ YN0000: Failed with errors in 1s 3ms\n",
        "version-taken",
    ),
    (
        "➤ YN0000: ┌ Publishing\n➤ YN0035: │ The remote server failed to provide the requested resource\n➤ YN0035: │   Response Code: 404 (Not Found)\n➤ YN0035: │   Request Method: PUT\n➤ YN0035: │   Request URL: https://registry.npmjs.org/@acme%2fcat\n➤ YN0000: └ Completed\n",
        "auth-rejected",
    ),
    (
        "➤ YN0033: No authentication configured for request\n",
        "auth-missing",
    ),
    (
        " ERR_PNPM_FAILED_TO_PUBLISH  Failed to publish package cat@1.2.0 (status 403 Forbidden): {over}\n",
        "version-taken",
    ),
    (
        " ERR_PNPM_GIT_UNCLEAN  Unclean working tree. Commit or stash changes first.\n",
        "git-dirty",
    ),
    (
        "bun publish v1.2.0 (abc)\n\npacked 1KB package.json\n\n403 Forbidden: https://registry.npmjs.org/cat\n - {over}\n",
        "version-taken",
    ),
    (
        "error: missing authentication (run `bunx npm login`)\n",
        "auth-missing",
    ),
];

#[test]
fn messages_of_other_package_managers_have_their_causes() {
    let over = "You cannot publish over the previously published versions: 1.2.0.";
    let problems: Vec<String> = OTHER_TOOLS
        .iter()
        .map(|(log, first)| (log.replace("{over}", over), first))
        .map(|(log, first)| (causes(&log), log, first))
        .filter(|(ids, _, first)| ids.first() != Some(*first))
        .map(|(ids, log, first)| format!("{first} wanted, {ids:?} said of\n{log}"))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Logs without a failure of npm.
#[test]
fn a_log_without_a_failure_of_npms_has_no_cause() {
    for log in [
        "",
        "+ cat@1.0.0\n",
        "npm notice\nnpm notice 📦  cat@1.0.0\nnpm notice 404B index.js\nnpm notice Publishing to https://registry.npmjs.org/ with tag latest and public access\n+ cat@1.0.0\n",
        "npm notice Publishing to https://registry.npmmirror.com/ with tag latest\n",
        "Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect [as oncomplete]\n",
        "GET /health 404 Not Found 3ms\nGET /x 500 Internal Server Error\n",
        "added 120 packages in 4s\nfound 0 vulnerabilities\n",
        "Published 3 packages, 0 errors\n",
        "error[E0433]: failed to resolve: use of undeclared crate\nerror: could not compile `cat` (lib)\n",
        "src/a.ts(3,4): error TS2304: Cannot find name 'foo'.\n",
        "Error: Request failed with status code 404\n",
        "🦋  success packages published successfully:\n🦋  cat@1.0.0\n",
        "lerna success published cat 1.0.0\nlerna success published 1 package\n",
        "➤ YN0000: Package archive published\n➤ YN0000: Done in 1s\n",
        "12 verbose exit 0\n13 info ok\n",
        "7 verbose title npm publish\n13 http fetch GET 404 https://registry.npmjs.org/npm 26ms\n31 notice Publishing to https://registry.npmjs.org/ with tag latest\n32 http fetch PUT 200 https://registry.npmjs.org/cat 4ms\n37 verbose exit 0\n38 info ok\n",
        "🦋 changeset v3.0.0\nNo unreleased changesets found.\n🦋 Exited with code 1\n##[error]Process completed with exit code 1.\n",
        "🦋  success packages published successfully:\n🦋  cat@1.0.0\nnpm error code E404\nnpm error 404 No match found for version 1.0.0\n",
        "• failed to upload artifact error=POST https://uploads.github.com/repos/a/b/releases/1/assets?name=x: 422 Validation Failed\nscm releases: failed to publish artifacts\n",
        "TF400813: The user is not authorized.\n[ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL] Command failed with exit code 1: vsce publish\n",
        "docker push: denied: requested access to the resource is denied\n",
        "> cat@1.0.0 prepare\n> tsc -p .\nsrc/a.ts(3,4): error TS2304: Cannot find name 'foo'.\nnpm error code 2\nnpm error path /w/cat\nnpm error command failed\nnpm error command sh -c tsc -p .\nnpm install failed\n",
        "FAIL src/a.test.js\n  ● adds\n    expect(received).toBe(expected)\nTests: 1 failed, 10 passed\nerror Command failed with exit code 1.\n",
        "curl: (22) The requested URL returned error: 404\n",
        "📦 cat@1.0.0 → https://registry.npmjs.org/\n✅ Published package cat@1.0.0\n",
        "npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported\nadded 312 packages, and audited 313 packages in 9s\n3 high severity vulnerabilities\n",
        "bun publish v1.4.5 (a7733435c)\npacked 76B package.json\n + cat@1.0.0\n",
        "ERROR: failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 2\n",
        "ERROR: Could not find a version that satisfies the requirement cat==9\nERROR: No matching distribution found for cat==9\n",
        "[1:10:11 PM] [semantic-release] › ✔  Published release 1.0.0 on default channel\n+ cat@1.0.0\n",
        "FAILURE: Build failed with an exception.\n* What went wrong:\nExecution failed for task ':publish'. > Could not PUT 'https://maven.example.com/x'. Received status code 403 from server: Forbidden\n",
    ] {
        let explanation = explain_text(&Log::of_text(log));
        assert!(
            explanation.error.is_none() && explanation.causes.is_empty(),
            "{log}: {explanation:?}"
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// Pieces of real messages, cut and mixed with random text.
    #[test]
    fn no_text_breaks_the_reading(
        pieces in proptest::collection::vec(
            proptest::prop_oneof![
                "\\PC{0,40}",
                proptest::sample::select(vec![
                    "npm error ", "npm ERR! code ", "E403", "403 Forbidden", " - PUT ", "https://h/@acme%2fcat", ": ",
                    "┌ YN0035: ", "| PUT |", "|PUT|/api/npm/x|403|", "Request Method: ", "Request URL: ", "::error::%0A",
                    "'@acme/cat@1.0.0' is not in ", " is higher than the new version ", "{\"error\":{\"code\":", "\n", " : ", "@", "é@",
                    "Couldn't publish package: \"https://", "permission to publish \"", "\\n' +", "\u{1b}[", "\u{0}", "_authToken=",
                ]).prop_map(str::to_owned),
            ],
            0..24,
        )
    ) {
        let explanation = explain_text(&Log::of_text(&pieces.concat()));
        proptest::prop_assert!(explanation.causes.len() <= 5);
        proptest::prop_assert_eq!(explanation.error.is_none(), explanation.causes.is_empty());
    }
}
