//! What `explain` says to do, and that it fits the log: each line of advice can be followed, and
//! names what the log names.

use crate::support::sandbox::Sandbox;

/// A log, what the screen must say, and what it must not say.
type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

/// The human output, on one line.
fn shown(log: &str) -> String {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.project().join("it.log"), log).expect("writable");
    let text = sandbox.run(&["explain", "it.log"]).stdout;
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn verify(cases: &[Case<'_>]) {
    for (log, wanted, unwanted) in cases {
        let text = shown(log);
        for words in *wanted {
            assert!(text.contains(words), "{words}:\n{log}\n{text}");
        }
        for words in *unwanted {
            assert!(!text.contains(words), "not {words}:\n{log}\n{text}");
        }
    }
}

const NO_FAILURE: &str = "there is no failure of npm in this log";
const PRIVATE: &str = "npm error code EPRIVATE\nnpm error This package has been marked as private\n\
    npm error A complete log of this run can be found in: /home/al/.npm/_logs/x.log\n";
const PUBLISHING: &str =
    "npm notice Publishing to https://registry.npmjs.org/ with tag latest and default access\n";

/// A failed script, as npm 11 reports it when its output is piped.
fn failed_script(name: &str, command: &str) -> String {
    format!(
        "\n> cat@1.0.0 {name}\n> {command}\n\nnpm error code 127\nnpm error path /w/cat\n\
         npm error command failed\nnpm error command sh -c {command}\n"
    )
}

#[test]
fn a_failure_without_a_name_that_succeeded_in_the_next_run_is_over() {
    let failures = [
        PRIVATE.to_owned(),
        "npm error You must specify a tag using --tag when publishing a prerelease version.\n"
            .to_owned(),
        "npm error code ECONNRESET\nnpm error network read ECONNRESET\n".to_owned(),
        failed_script("prepublishOnly", "exit 127"),
    ];
    for failure in failures {
        let log = format!("{failure}$ npm publish\n{PUBLISHING}+ cat@1.0.0\n");
        verify(&[(&log, &[NO_FAILURE], &[])]);
        // A loop over packages goes on with the next one.
        let other = failure.replace("cat@", "cow@");
        let log = format!("{other}{PUBLISHING}+ dog@1.0.0\n{PUBLISHING}+ eel@1.0.0\n");
        verify(&[(&log, &["npm said: "], &[NO_FAILURE])]);
    }
}

#[test]
fn a_script_that_runs_behind_the_publish_does_not_undo_it() {
    let failed = failed_script("postpublish", "./notify.sh");
    let published = "the registry accepted cat@1.0.0; afterwards the script postpublish \
        (`./notify.sh`) failed: do not publish it again";
    let wrong = ["network error", "PACKAGE", "before anything"];
    let before_its_name = format!("{PUBLISHING}{failed}");
    let behind_its_name = format!("{PUBLISHING}+ cat@1.0.0\n{failed}");
    let of_publish = format!("{PUBLISHING}{}", failed_script("publish", "./send.sh"));
    let dry = before_its_name.replace("default access", "default access (dry-run)");
    let by_hand = "\n> cat@1.0.0 publish\n> npm publish && ./tell.sh\n\nnpm error Lifecycle script \
        `publish` failed with error:\nnpm error code 127\nnpm error path /w/cat\nnpm error command \
        failed\nnpm error command sh -c npm publish && ./tell.sh\n";
    verify(&[
        (&before_its_name, &[published], &wrong),
        (&behind_its_name, &[published], &wrong),
        (
            &of_publish,
            &["the script publish (`./send.sh`) failed"],
            &wrong,
        ),
        (
            &dry,
            &["script-failed", "before anything was sent"],
            &["accepted"],
        ),
        (
            by_hand,
            &["script-failed"],
            &["accepted", "before anything"],
        ),
    ]);
}

#[test]
fn a_script_is_quoted_whole_and_only_a_proven_stage_is_stated() {
    let command = "node -e \"process.exit(3)\"";
    let first = failed_script("prepublishOnly", command);
    let excerpt = format!(
        "npm error code 3\nnpm error path /w/cat\nnpm error command failed\n\
         npm error command sh -c {command}\n"
    );
    let debug_log = format!(
        "7 verbose title npm publish\n8 verbose argv \"publish\"\n15 verbose pkgid cat@1.0.0\n{}",
        excerpt.replace("npm error", "16 error")
    );
    verify(&[
        (
            &first,
            &[
                "npm said: code 127 command failed: node -e \"process.exit(3)\" ",
                "before anything was sent",
            ],
            &["already published", "is it there"],
        ),
        (
            &excerpt,
            &[
                "(3)\"` failed; npm",
                "the package is published: is it there?",
            ],
            &["before anything"],
        ),
        (&debug_log, &["before anything was sent"], &["is it there"]),
    ]);
}

#[test]
fn the_first_advice_is_what_to_do() {
    let need_auth = "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be \
        logged in to https://npm.example.test/\n";
    let refused = "npm error code ECONNREFUSED\nnpm error FetchError: request to \
        http://127.0.0.1:9/cat failed, reason: connect ECONNREFUSED 127.0.0.1:9\n";
    let payment = "npm error code E402\nnpm error 402 Payment Required - PUT \
        https://registry.npmjs.org/@acme%2fcat - You must sign up for private packages\n";
    verify(&[
        (
            need_auth,
            &["= help: log in: npm login --registry https://npm.example.test/"],
            &["another finding"],
        ),
        (refused, &["registry-unreachable"], &["--allow-undecided"]),
        (
            payment,
            &["= help: if everybody should be able to read it: npm pkg set"],
            &["registry-outage"],
        ),
    ]);
    for code in ["ECONNREFUSED", "auth-missing", "E402", "E426"] {
        let text = Sandbox::new().run(&["explain", code]).stdout;
        let foreign = ["--allow-undecided", "another finding", "registry-outage"];
        for words in foreign {
            assert!(!text.contains(words), "{code}: {text}");
        }
    }
}

/// A request that nothing answered, as npm 11 reports it.
fn unanswered(url: &str, reason: &str) -> String {
    let code = reason.split(' ').nth(1).unwrap_or(reason);
    format!(
        "npm error code {code}\nnpm error FetchError: request to {url} failed, reason: {reason}\n"
    )
}

const REFUSED: &str = "connect ECONNREFUSED 127.0.0.1:9";

#[test]
fn the_registry_of_a_request_ends_before_the_package() {
    let ping = "npm ping --registry http://127.0.0.1:9/";
    for path in ["dist", "@acme%2ffoo"] {
        let log = unanswered(&format!("http://127.0.0.1:9/{path}"), REFUSED);
        verify(&[(
            &log,
            &["nothing answers at http://127.0.0.1:9/ ", ping],
            &[],
        )]);
    }
    let below = unanswered("http://127.0.0.1:9/npm/repo/dist", REFUSED);
    let root = unanswered("http://127.0.0.1:9/npm/", REFUSED);
    let removed = "npm error code E403\nnpm error 403 403 Forbidden - DELETE \
        https://npm.example.test/cat/-rev/3-0d5c1b6a - You do not have permission to delete \"cat\".\n";
    let download = "npm error code E404\nnpm error 404 404 Not Found - GET \
        https://npm.pkg.github.com/download/@acme/cat/1.0.0/abcdef\n";
    verify(&[
        (
            &below,
            &["--registry http://127.0.0.1:9/npm/repo/"],
            &["dist/"],
        ),
        (&root, &["--registry http://127.0.0.1:9/npm/"], &[]),
        (
            removed,
            &[],
            &["view 3-0d5c", "--registry https://npm.example.test/cat"],
        ),
        (
            download,
            &[],
            &[
                "view abcdef",
                "registry https://npm.pkg.github.com/download",
            ],
        ),
    ]);
}

#[test]
fn what_signs_a_statement_is_not_the_registry() {
    let log = unanswered(
        "https://rekor.sigstore.dev/api/v1/log/entries",
        "connect ECONNREFUSED 192.0.2.7:443",
    )
    .replace("code ECONNREFUSED", "code TLOG_CREATE_ENTRY_ERROR");
    let refused = "npm error code CA_CREATE_SIGNING_CERTIFICATE_ERROR\nnpm error error creating \
        signing certificate - (400) There was an error processing the identity token\n";
    let unwanted = ["npm ping", "status.npmjs.org", "the registry itself failed"];
    verify(&[
        (&log, &["the registry was not asked"], &unwanted),
        (
            refused,
            &["sigstore", "the registry was not asked"],
            &unwanted,
        ),
    ]);
}

#[test]
fn an_address_that_is_not_the_registrys_is_the_proxys() {
    let first = |url, reason| {
        let log = unanswered(url, reason);
        let text = shown(&log);
        text.split('[')
            .nth(1)
            .and_then(|it| it.split(']').next())
            .map(str::to_owned)
    };
    for (url, reason, id) in [
        ("http://example.test/cat", REFUSED, "registry-proxy"),
        (
            "https://registry.npmjs.org/cat",
            "connect ECONNREFUSED 10.1.2.3:3128",
            "registry-proxy",
        ),
        (
            "https://registry.npmjs.org/cat",
            "connect ETIMEDOUT 172.16.0.9:3128",
            "registry-proxy",
        ),
        (
            "https://npm.acme.example/cat",
            "connect ECONNREFUSED 10.1.2.3:443",
            "registry-unreachable",
        ),
        (
            "http://localhost:4873/cat",
            "connect ECONNREFUSED 127.0.0.1:4873",
            "registry-unreachable",
        ),
        ("http://127.0.0.1:9/cat", REFUSED, "registry-unreachable"),
        (
            "https://registry.npmjs.org/cat",
            "connect ECONNREFUSED 104.16.3.35:443",
            "registry-unreachable",
        ),
    ] {
        assert_eq!(first(url, reason).as_deref(), Some(id), "{url} {reason}");
    }
}

#[test]
fn what_npm_itself_says_is_not_called_unknown() {
    let flags = "npm warn \"public\" is being parsed as a normal command line argument.\n\
        npm warn Unknown cli config \"--acess\". This will stop working in the next major version of npm.\n\
        npm warn Unknown cli config \"--taq\". This will stop working in the next major version of npm.\n";
    let usage = format!(
        "{flags}npm error code EUSAGE\nnpm error\nnpm error Publish a package\nnpm error\n\
         npm error Usage:\nnpm error npm publish <package-spec>\n"
    );
    let refused = format!("{flags}{}", unanswered("http://127.0.0.1:9/", REFUSED));
    let scheme = "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be \
        logged in to htp://127.0.0.1:9\nnpm error need auth You need to authorize this machine using \
        `npm adduser`\n";
    let key = "npm error code ERR_INVALID_AUTH\nnpm error Invalid auth configuration found: `_auth` \
        must be renamed to `//127.0.0.1:9/:_auth` in project config\n";
    let git = "npm error code 128\nnpm error An unknown git error occurred\nnpm error command git \
        --no-replace-objects ls-remote ssh://git@github.com/dist/pkg.git\nnpm error fatal: Could not \
        read from remote repository.\n";
    let no_tarball = "npm error code ENOENT\nnpm error syscall open\nnpm error path /w/nope.tgz\n\
        npm error enoent ENOENT: no such file or directory, open '/w/nope.tgz'\n";
    let bad_tarball = "npm error code TAR_BAD_ARCHIVE\nnpm error TAR_BAD_ARCHIVE: Unrecognized \
        archive format\n";
    let no_script = "npm error Missing script: \"build\"\nnpm error\nnpm error To see a list of \
        scripts, run:\nnpm error   npm run\n";
    let no_manifest = "npm error code ENOENT\nnpm error path /w/dist/package.json\nnpm error enoent \
        Could not read package.json: Error: ENOENT: no such file or directory\n";
    let cut = "npm error code EACCES\nnpm error Your cache folder contains root-owned files, due to a \
        bug in\nnpm error previous versions of npm which has since been addressed.\n";
    let doubled = "npm error code EDUPLICATEWORKSPACE\nnpm error must not have multiple workspaces \
        with the same name\n";
    let unclean = "ERR_PNPM_GIT_UNCLEAN Unclean working tree. Commit or stash changes first.\n";
    let unknown = "npm error code EODD\nnpm error something new in the publish\n";
    verify(&[
        (
            &usage,
            &["npm-flag-unknown", "--acess, --taq"],
            &["extra word", "unknown:"],
        ),
        (
            &refused,
            &[
                "[registry-unreachable]",
                "[npm-flag-unknown]",
                "--acess, --taq",
            ],
            &[],
        ),
        (
            scheme,
            &["likely[registry-url-invalid]"],
            &["oidc-", "--registry htp"],
        ),
        (
            key,
            &["//127.0.0.1:9/:_authToken="],
            &["registry.npmjs.org"],
        ),
        (git, &["npm publish ./dist/pkg"], &["the package\""]),
        (
            no_tarball,
            &["there is no tarball /w/nope.tgz"],
            &["unknown"],
        ),
        (bad_tarball, &["is not a tarball"], &["unknown"]),
        (
            no_script,
            &["package.json has no script \"build\""],
            &["unknown"],
        ),
        (
            no_manifest,
            &["there is no package.json in /w/dist"],
            &["unknown", "start npm"],
        ),
        (cut, &["due to a bug in previous versions of npm"], &[]),
        (
            doubled,
            &["or its members: must not have multiple"],
            &["list of paths"],
        ),
        (unclean, &["git-dirty", "--no-git-checks"], &["\"off\""]),
        (
            unknown,
            &["unknown: no known cause fits"],
            &["fits; npm said"],
        ),
    ]);
    for (code, wanted) in [
        ("EJSONPARSE", "likely: package.json does not parse"),
        ("ENOENT", "likely: there is no package.json"),
        ("E404", "scope-not-yours"),
    ] {
        let text = Sandbox::new().run(&["explain", code]).stdout;
        assert!(text.contains(wanted), "{code}: {text}");
    }
}
