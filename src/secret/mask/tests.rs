use super::*;

/// Every notation in which a log, a file or a server may write a credential.
const NOTATIONS: [&str; 106] = [
    "//h/:_authToken=S",
    "//h/:_authToken = S",
    "//h/:_authToken S",
    "//h/:_password=\"S\"",
    "//h/:_authToken[]=S",
    "npm config set //h/:_authToken S",
    "npm config set _authToken S",
    "--//h/:_authToken S",
    "\"--//h/:_authToken\" \"S\"",
    "--//h/:_authToken=S",
    "npm_config__authToken=S",
    "npm_config_//h/:_authToken=S",
    "_auth=S",
    "--_auth S",
    "_authToken=${NPM_TOKEN:-S}",
    "_authToken=${NPM_TOKEN-S}",
    "NPM_TOKEN: S",
    "NPM_TOKEN=S",
    "export NPM_TOKEN='S'",
    "$env:NPM_TOKEN = \"S\"",
    "process.env.NPM_TOKEN = 'S'",
    "process.env['NPM_TOKEN'] = 'S'",
    "set NPM_TOKEN=S",
    "NPM_TOKEN_PROD: S",
    "- name: NPM_TOKEN\n  value: S",
    "{\"name\":\"NPM_TOKEN\",\"value\":\"S\"}",
    "<add key=\"ClearTextPassword\" value=\"S\" />",
    "{\"authToken\":\"S\"}",
    "{\"authToken\" : \"S\"}",
    "{\\\"authToken\\\":\\\"S\\\"}",
    "{\\\\\\\"authToken\\\\\\\":\\\\\\\"S\\\\\\\"}",
    "{\\u0022authToken\\u0022:\\u0022S\\u0022}",
    "{&quot;authToken&quot;:&quot;S&quot;}",
    "{&#34;authToken&#34;:&#34;S&#34;}",
    "_authToken%3DS",
    "_authToken%3dS%26x%3D1",
    "%22authToken%22%3A%22S%22",
    "https://h/x?token=S&y=1",
    "https://h/x?access_token=S",
    "https://h/x?X-Amz-Signature=S",
    "npmAuthToken: \"S\"",
    "npmAuthIdent: \"bob:S\"",
    "token: S",
    "token: 'S'",
    "password: S",
    "password=S",
    "password => 'S'",
    ":password=>\"S\"",
    "<password>S</password>",
    "machine h login bob password S",
    "authorization: Bearer S",
    "authorization: Basic S",
    "authorization: token S",
    "authorization: S",
    "Authorization=Bearer S",
    "'authorization': 'Bearer S'",
    "\"authorization\":[\"Bearer S\"]",
    "\"authorization\": [\n  \"Bearer S\"\n]",
    "authorization: [ 'Bearer S' ]",
    "\"authorization\": [\"Bearer x1\", \"Bearer S\"]",
    "'authorization', 'Bearer S'",
    "[\"authorization\",\"Bearer S\"]",
    "'authorization' => 'Bearer S'",
    "{\"name\":\"authorization\",\"value\":\"Bearer S\"}",
    "-H 'Authorization: Bearer S'",
    "-H \"Authorization: Bearer S\"",
    "proxy-authorization: Basic S",
    "authorization: Digest username=\"bob\", response=\"S\"",
    "Bearer S",
    "bearer S",
    "bearer \"S\"",
    "Basic S",
    "x-auth-token: S",
    "X-JFrog-Art-Api: S",
    "private-token: S",
    "PRIVATE-TOKEN: S",
    "x-api-key: S",
    "npm-otp: S",
    "cookie: a=b; session=S",
    "set-cookie: sid=S; Path=/",
    "-u bob:S",
    "--user bob:S",
    "--user=bob:S",
    "--otp S",
    "\"--otp\" \"S\"",
    "https://bob:S@h/",
    "bob:S@proxy:8080",
    "token: !!str S",
    "token: !secret S",
    "token: |\n  S",
    "token: >-\n  S",
    "<password value=\"S\"/>",
    "<password type=\"x\" value=\"S\"/>",
    "_authToken%253DS",
    "%2522authToken%2522%253AS",
    "token\\u003dS",
    "token\\\\u003dS",
    "token&#x3d;S",
    "docker login -u bob -p S h",
    "NPM_TOKEN ?= S",
    "NPM_TOKEN+=S",
    "NPM_TOKEN <- \"S\"",
    "VSS_NUGET_ACCESSTOKEN=S",
    "::add-mask::S",
    "##vso[task.setsecret]S",
    "##vso[task.setvariable variable=x;issecret=true]S",
];

#[test]
fn a_secret_is_hidden_in_every_notation() {
    for secret in ["s3cr3t", "hunter2", "SECRET", "a1B2c3D4", "correcthorse"] {
        for notation in NOTATIONS {
            let text = plant(notation, secret);
            let masked = mask(&text);
            assert!(!masked.contains(secret), "{text}\n{masked}");
            assert!(masked.contains(MASK), "{text}\n{masked}");
        }
    }
}

/// Replaces the separate word S with a secret.
fn plant(notation: &str, secret: &str) -> String {
    let is_part =
        |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let mut out = String::new();
    for (at, c) in notation.char_indices() {
        let before = notation[..at].chars().next_back();
        let after = notation[at + c.len_utf8()..].chars().next();
        let behind_code = notation[..at].ends_with("%3D")
            || notation[..at].ends_with("%3d")
            || notation[..at].ends_with("%22")
            || notation[..at].ends_with("\\u0022")
            || notation[..at].ends_with("%253D")
            || notation[..at].ends_with("%253A")
            || notation[..at].ends_with("u003d")
            || notation[..at].ends_with(":-")
            || notation[..at].ends_with("TOKEN-");
        if c == 'S' && (!is_part(before) || behind_code) && !is_part(after) {
            out.push_str(secret);
        } else {
            out.push(c);
        }
    }
    assert!(out.contains(secret), "{notation}");
    out
}

proptest::proptest! {
    #[test]
    fn a_secret_is_hidden_in_any_surrounding_text(
        before in JUNK,
        after in JUNK,
        notation in proptest::sample::select(&NOTATIONS[..]),
    ) {
        let text = format!("{before}\n{}\n{after}", plant(notation, "s3cr3t"));
        let masked = mask(&text);
        proptest::prop_assert!(!masked.contains("s3cr3t"), "{text}\n{masked}");
    }
}

/// Any one-line text, rich in what the notations are made of.
const JUNK: &str =
    "([\\x20-\\x7e\u{e9}]|_authToken|Bearer |&quot;|%22|://|@|--otp |\\\\\"|\\[|value){0,40}";

#[test]
fn quotes_inside_quotes_end_no_secret() {
    for (text, masked) in [
        (
            r#"{"password":"a\"b,c d","x":1}"#,
            r#"{"password":"****","x":1}"#,
        ),
        (
            r#"{"password":"a\\","x":1}"#,
            r#"{"password":"****","x":1}"#,
        ),
        (
            r#"{\"password\":\"a\\\"b\",\"x\":1}"#,
            r#"{\"password\":\"****\",\"x\":1}"#,
        ),
        ("password: 'a b', x: 1", "password: '****', x: 1"),
        ("(token=abc).", "(token=****)."),
        ("?token=abc&x=1#y", "?token=****&x=1#y"),
    ] {
        assert_eq!(mask(text), masked, "{text}");
    }
}

#[test]
fn what_follows_a_value_is_structure() {
    for (text, masked) in [
        (
            r#"{"user":"bob","password":"password","email":"x@y.z"}"#,
            r#"{"user":"bob","password":"****","email":"x@y.z"}"#,
        ),
        (
            r#"{"auth":"token","user":"bob"}"#,
            r#"{"auth":"****","user":"bob"}"#,
        ),
        ("'password': 'secret', 'x': 1", "'password': '****', 'x': 1"),
        (
            r#"["--otp", "token", "--registry", "https://h"]"#,
            r#"["--otp", "****", "--registry", "https://h"]"#,
        ),
        ("--token=secret npm publish", "--token=**** npm publish"),
        (
            "--//h/:_authToken=NPM_TOKEN --access public",
            "--//h/:_authToken=**** --access public",
        ),
    ] {
        assert_eq!(mask(text), masked, "{text}");
    }
}

#[test]
fn private_keys_lose_their_bodies() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
    let masked = "-----BEGIN OPENSSH PRIVATE KEY-----****-----END OPENSSH PRIVATE KEY-----";
    assert_eq!(mask(key), masked);
    assert_eq!(mask(&key.replace('\n', "\\n")), masked);
    let cut = mask("x -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq");
    assert_eq!(cut, "x -----BEGIN PRIVATE KEY-----****");
    let certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
    assert_eq!(mask(certificate), certificate);
}

#[test]
fn what_looks_random_is_hidden_last() {
    let long = "aB3".repeat(12);
    for secret in [
        "npm_0123456789abcdefghijABCDEFGHIJ012345",
        "0123abcd-0123-4567-89ab-0123456789ab",
        "0123456789abcdef0123456789abcdef01234567",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJT/+t8=",
        long.as_str(),
    ] {
        let masked = mask(&format!("see {secret}, or \"{secret}\"."));
        assert!(!masked.contains(&secret[4..]), "{masked}");
    }
}

#[test]
fn sentences_stay_as_they_are() {
    for text in [
        "You cannot publish over the previously published versions: 1.2.3.",
        "Unable to authenticate, need: Basic realm=\"GitHub Package Registry\"",
        "PUT https://registry.example/@scope%2fa-long-package-name-with-many-words-in-it",
        "_authToken=${NPM_TOKEN}",
        "_authToken=${NPM_TOKEN}, //registry.example/:_authToken",
        "//registry.example/:_authToken=$NPM_TOKEN",
        "//h/:_authToken = (protected)",
        "This operation requires a one-time password.",
        "token: what is meant is the one in .npmrc",
        "code EOTP: x",
        "permissions: id-token: write",
        "always-auth=true auth-type=web",
        "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        "Unexpected token } in JSON at position 4",
        "https://h/@acme%2fcat, //h/cat/-/cat@1.0.0.tgz, file://x",
        "https%3A%2F%2Fh%2F%40acme%2fcat",
        "Run npm publish --otp=<code> or add --otp to the command",
        "bearer token required; basic authentication is off",
        "GIT_AUTHOR_NAME=acme-corp NPM_TOKEN_SCOPE=packages",
        "sha512-AbCdEf0123456789AbCdEf0123456789/+AbCdEf0123456789AbCdEf0123456789==",
        "/home/user/projects/Some-Package2/node_modules/@scope/another-package1/index.js",
        "password: ***",
        "mkdir -p folder && npm login",
        "the token | is a pipe; password > nothing",
    ] {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn long_lines_of_what_looks_like_names_take_no_time() {
    for part in [
        "key:",
        "//",
        "://a:b/",
        "token:",
        "\"token\":",
        "token: a ",
        "_authToken ",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "bearer ",
        "h%2f%2f",
        "password=\\\"",
        "npm_",
        "value",
        "\"token\":[",
        "token=%22",
        "a:b@",
        "--otp ",
        "cookie: ",
        "token: ! ",
        "token: |",
        "<password ",
        "[task.setsecret]",
        "login -p ",
        "token=\"cookie:a\"",
        "cookie:a\"",
        "token=**",
        "--token=token ",
    ] {
        mask(&part.repeat(50_000 / part.len()));
    }
}

#[test]
fn a_name_in_the_place_of_a_value_is_still_a_name() {
    for before in [
        "-u=|\n",
        "-u ",
        "--user=|\n",
        "--otp=|\n",
        "--otp ",
        "password: |\n",
        "_authToken=|\n",
        "token: |\n  ",
        "--otp :[\n",
        "_authToken:[\n",
    ] {
        for name in ["NPM_TOKEN: ", "NPM_TOKEN:", "NPM_TOKEN=", "_authToken: "] {
            let text = format!("{before}{name}pl4nted-s3cret\nafter");
            let masked = mask(&text);
            assert!(!masked.contains("pl4nted"), "{text} as {masked}");
            assert!(masked.ends_with("\nafter"), "{text} as {masked}");
        }
    }
}
