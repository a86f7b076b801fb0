//! A rehearsal cannot write to a real registry. A second server acts as that registry; every
//! place that can name it does, for npm 10, 11 and 12.

use crate::support::npm_versions::npm;
use crate::support::real_registry::RealRegistry;
use crate::support::sandbox::{Run, Sandbox};

/// A token for the real registry, which npm must never send there.
const TOKEN: &str = "npm_0123456789abcdefghijklmnopqrstuvwxyz";

/// A way to name the real registry.
struct Case {
    /// What it is.
    name: &'static str,
    /// Sets it up; returns npm's arguments.
    set: fn(&mut Sandbox, &Real<'_>) -> Vec<String>,
    /// The rehearsal's exit code.
    code: i32,
}

/// How the real registry is named.
struct Real<'a> {
    url: &'a str,
    host: &'a str,
}

/// A package `@s/p` with additional fields.
fn package(sandbox: &Sandbox, more: &serde_json::Value) {
    let mut manifest =
        serde_json::json!({ "name": "@s/p", "version": "1.0.0", "main": "index.js" });
    let manifest_keys = manifest.as_object_mut().expect("an object");
    manifest_keys.extend(more.as_object().expect("an object").clone());
    if !manifest_keys.contains_key("publishConfig") {
        manifest_keys.insert(
            "publishConfig".to_owned(),
            serde_json::json!({ "access": "public" }),
        );
    }
    sandbox.write("package.json", &manifest.to_string());
    sandbox.write("index.js", "module.exports = 1\n");
}

fn args(args: &[&str]) -> Vec<String> {
    args.iter().map(|&word| word.to_owned()).collect()
}

const CASES: &[Case] = &[
    Case {
        name: "publishConfig.registry",
        set: |sandbox, real| {
            package(
                sandbox,
                &serde_json::json!({ "publishConfig": { "access": "public", "registry": real.url } }),
            );
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "an unscoped package, registry in publishConfig, variables and the user's .npmrc",
        set: |sandbox, real| {
            let manifest = serde_json::json!({ "name": "bare-cat", "version": "1.0.0", "publishConfig": { "registry": real.url } });
            sandbox.write("package.json", &manifest.to_string());
            sandbox.set("npm_config_registry", real.url);
            args(&["--registry", real.url])
        },
        code: 0,
    },
    Case {
        name: "an unscoped package that the scope setting sends to a scope's registry",
        set: |sandbox, real| {
            let manifest = serde_json::json!({ "name": "bare-cat", "version": "1.0.0", "publishConfig": { "scope": "@o" } });
            sandbox.write("package.json", &manifest.to_string());
            let file = format!("@o:registry={0}\nscope=@t\n@t:registry={0}\n", real.url);
            sandbox.write(".npmrc", &file);
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "publishConfig of the scope, its scope setting, and the way there",
        set: |sandbox, real| {
            package(
                sandbox,
                &serde_json::json!({ "publishConfig": {
                    "access": "public", "scope": "@o", "@o:registry": real.url, "@s:registry": real.url,
                    "noproxy": "127.0.0.1", "proxy": null, "https-proxy": false,
                    format!("//{}/:_authToken", real.host): TOKEN,
                } }),
            );
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "@scope:registry in the project's .npmrc, and no proxy for it",
        set: |sandbox, real| {
            package(sandbox, &serde_json::json!({}));
            let file = format!(
                "@s:registry={}\nregistry={}\nnoproxy=127.0.0.1\nproxy=null\nhttps-proxy=false\n//{}/:_authToken={TOKEN}\n",
                real.url, real.url, real.host
            );
            sandbox.write(".npmrc", &file);
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "@scope:registry in the user's .npmrc",
        set: |sandbox, real| {
            package(sandbox, &serde_json::json!({}));
            let file = format!(
                "@s:registry={}\nscope=@o\n@o:registry={}\n",
                real.url, real.url
            );
            let path = sandbox.home().join(".npmrc");
            let own = std::fs::read_to_string(&path).unwrap_or_default();
            std::fs::write(path, own + &file).expect("a writable home");
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "@scope:registry in the global npmrc, another proxy there",
        set: |sandbox, real| {
            package(sandbox, &serde_json::json!({}));
            let path = sandbox.root().join("no-global-npmrc");
            let file = format!(
                "@s:registry={}\nproxy={}\nhttps-proxy={}\n//{}/:_authToken={TOKEN}\n",
                real.url, real.url, real.url, real.host
            );
            std::fs::write(path, file).expect("a writable sandbox");
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "variables",
        set: |sandbox, real| {
            package(sandbox, &serde_json::json!({}));
            sandbox.set("NPM_CONFIG_REGISTRY", real.url);
            sandbox.set("npm_config_registry", real.url);
            sandbox.set("npm_config_@s:registry", real.url);
            sandbox.set("NPM_CONFIG_NOPROXY", "127.0.0.1");
            sandbox.set("npm_config_https_proxy", real.url);
            sandbox.set("NO_PROXY", "127.0.0.1");
            sandbox.set("no_proxy", "127.0.0.1");
            sandbox.set("http_proxy", real.url);
            sandbox.set("HTTPS_PROXY", real.url);
            sandbox.set(&format!("npm_config_//{}/:_authToken", real.host), TOKEN);
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "arguments",
        set: |sandbox, real| {
            package(sandbox, &serde_json::json!({}));
            vec![
                format!("--registry={}", real.url),
                format!("--@s:registry={}", real.url),
                format!("--//{}/:_authToken={TOKEN}", real.host),
                "--noproxy=127.0.0.1".to_owned(),
                "--https-proxy".to_owned(),
                real.url.to_owned(),
                ".".to_owned(),
                "--registry".to_owned(),
                real.url.to_owned(),
            ]
        },
        code: 0,
    },
    Case {
        name: "a script that rewrites publishConfig after npm has read it",
        set: |sandbox, real| {
            package(
                sandbox,
                &serde_json::json!({ "scripts": { "prepack": "node rewrite.js" } }),
            );
            let rewrite = format!(
                "const fs = require('fs');\nconst manifest = JSON.parse(fs.readFileSync('package.json'));\n\
                 manifest.publishConfig = {{ access: 'public', registry: '{0}', '@s:registry': '{0}', noproxy: '127.0.0.1', proxy: null }};\n\
                 fs.writeFileSync('package.json', JSON.stringify(manifest));\n",
                real.url
            );
            sandbox.write("rewrite.js", &rewrite);
            args(&[])
        },
        code: 0,
    },
    Case {
        name: "a script that publishes to the real registry by itself",
        set: |sandbox, real| {
            let script = format!(
                "npm publish --ignore-scripts --registry={0} --@s:registry={0}",
                real.url
            );
            package(
                sandbox,
                &serde_json::json!({ "scripts": { "postpublish": script } }),
            );
            args(&[])
        },
        code: 1,
    },
    Case {
        name: "a script that does so round every proxy, with its own credential",
        set: |sandbox, real| {
            let script = format!(
                "npm publish --ignore-scripts --registry={0} --@s:registry={0} --noproxy=127.0.0.1 --proxy=null --https-proxy=null --fetch-retries=0",
                real.url
            );
            package(
                sandbox,
                &serde_json::json!({
                    "scripts": { "postpublish": script },
                    "publishConfig": { "access": "public", "noproxy": "127.0.0.1", "proxy": null, "https-proxy": null },
                }),
            );
            sandbox.write(".npmrc", &format!("//{}/:_authToken={TOKEN}\n", real.host));
            args(&[])
        },
        code: 1,
    },
    Case {
        name: "a script that does so with options of its own for Node",
        set: |sandbox, real| {
            let script = format!(
                "npm publish --ignore-scripts --registry={0} --@s:registry={0} --noproxy=127.0.0.1 --fetch-retries=0",
                real.url
            );
            package(
                sandbox,
                &serde_json::json!({ "scripts": { "postpublish": script } }),
            );
            sandbox.write(
                ".npmrc",
                "node-options=--max-old-space-size=512\nnoproxy=127.0.0.1\n",
            );
            sandbox.set("NODE_OPTIONS", "--no-warnings");
            args(&[])
        },
        code: 1,
    },
    Case {
        name: "a script that sends the package without npm",
        set: |sandbox, real| {
            package(
                sandbox,
                &serde_json::json!({ "scripts": { "publish": "node send.js" } }),
            );
            let send = format!(
                "const request = require('http').request('{}@s%2fp', {{ method: 'PUT' }}, () => {{}});\n\
                 request.on('error', error => {{ console.error(String(error)); process.exitCode = 3 }});\n\
                 request.end('{{}}');\n",
                real.url
            );
            sandbox.write("send.js", &send);
            sandbox.write(".npmrc", &format!("@s:registry={}\n", real.url));
            args(&[])
        },
        code: 3,
    },
    Case {
        name: "a tarball with a publishConfig of its own",
        set: |sandbox, real| {
            package(
                sandbox,
                &serde_json::json!({ "publishConfig": { "access": "public", "registry": real.url, "@s:registry": real.url } }),
            );
            let packed = Run::of(sandbox.command(sandbox.npm()).args(["pack", "--silent"]));
            assert_eq!(packed.code, Some(0), "{packed:?}");
            args(&["./s-p-1.0.0.tgz"])
        },
        code: 0,
    },
    Case {
        name: "members of a workspace",
        set: |sandbox, real| {
            sandbox.write(
                "package.json",
                r#"{ "name": "root", "private": true, "workspaces": ["a", "b"] }"#,
            );
            for (folder, name) in [("a", "@s/a"), ("b", "@t/b")] {
                let manifest = serde_json::json!({
                    "name": name, "version": "1.0.0",
                    "publishConfig": { "access": "public", "registry": real.url, format!("{}:registry", &name[..2]): real.url },
                });
                sandbox.write(&format!("{folder}/package.json"), &manifest.to_string());
                sandbox.write(&format!("{folder}/index.js"), "");
            }
            args(&["--workspaces"])
        },
        code: 0,
    },
];

/// Every case, with one npm.
fn with_npm(major: u32) {
    let installed = npm(major);
    for case in CASES {
        let registry = RealRegistry::start();
        let mut sandbox = Sandbox::new();
        sandbox.set_path(&[&installed.path_dir]);
        let url = registry.url();
        let file = format!(
            "registry={url}\n//{}/:_authToken={TOKEN}\n",
            registry.host()
        );
        std::fs::write(sandbox.home().join(".npmrc"), file).expect("a writable home");
        let real = Real {
            url: &url,
            host: &registry.host(),
        };
        let args = (case.set)(&mut sandbox, &real);
        let temporary = sandbox.own_temporary_folder();
        let mut all = vec!["rehearse".to_owned()];
        all.extend(args);
        let run = sandbox.run(&all);
        let what = format!("npm {major}, {}", case.name);
        registry.assert_only_read(&what);
        assert_eq!(run.code, Some(case.code), "{what}: {run:?}");
        assert!(
            run.stdout.contains("1.0.0 arrived"),
            "{what}: the rehearsal itself took place: {run:?}"
        );
        let left: Vec<_> = std::fs::read_dir(&temporary)
            .expect("the folder is still there")
            .collect();
        assert!(left.is_empty(), "{what}: left behind {left:?}");
        let everything = format!("{}{}", run.stdout, run.stderr);
        assert!(!everything.contains(TOKEN), "{what}: {everything}");
    }
}

#[test]
fn npm_10_cannot_leave_a_rehearsal() {
    with_npm(10);
}

#[test]
fn npm_11_cannot_leave_a_rehearsal() {
    with_npm(11);
}

#[test]
fn npm_12_cannot_leave_a_rehearsal() {
    with_npm(12);
}
