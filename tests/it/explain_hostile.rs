//! Logs of unknown origin: endless, binary, full of escape sequences and of
//! other people's tokens.

use safe_publish::explain::{Log, explain_text};

use crate::explain::{HOST, explain, shown};

#[test]
fn hostile_logs_are_survived_and_nothing_of_them_reaches_a_terminal() {
    let mut log = format!("npm error code E403\nnpm error 403 403 Forbidden - PUT https://{HOST}/cat - \x1b]0;title\x07\x1b[2J\u{9b}31m\u{202e}evil \x08\x7f\n").into_bytes();
    log.extend([0xff, 0xfe, 0x00, 0x1b, b'[', b'2', b'J', b'\n']);
    // Random bytes, and an endless line.
    let mut state = 0x2545_f491_u32;
    log.extend((0..1 << 20).map(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    }));
    log.push(b'\n');
    log.extend(std::iter::repeat_n(b'x', 3 << 20));
    let text = shown(&log);
    assert!(
        text.contains("evil") && text.chars().all(|c| c == '\n' || !c.is_control()),
        "{text:?}"
    );
    assert!(!text.contains('\u{202e}'), "{text:?}");
    let json = explain(&log).to_string();
    assert!(
        !json.contains('\x1b') && !json.contains("\\u001b"),
        "{json}"
    );
}

#[test]
fn no_token_of_a_log_is_echoed() {
    let tokens = [
        format!("npm_{}", "aB3d".repeat(9)),
        format!("ghp_{}", "aB3d".repeat(9)),
        format!("github_pat_{}", "aB3d".repeat(10)),
        format!("glpat-{}", "aB3d".repeat(5)),
        "0123abcd-0123-4567-89ab-0123456789ab".to_owned(),
        format!("eyJ{0}.eyJ{0}.{0}", "aB3d".repeat(10)),
        "c2VjcmV0OnBhc3N3b3JkMTIzNDU2Nzg5MDEyMzQ1Njc4OTA".to_owned(),
        "hunter2-password".to_owned(),
    ];
    for token in &tokens {
        let lines = [
            format!("403 403 Forbidden - PUT https://u:{token}@{HOST}/cat - no"),
            format!("403 403 Forbidden - PUT https://{HOST}/cat - Bearer {token} is bad"),
            format!("403 403 Forbidden - PUT https://{HOST}/cat - _authToken={token}"),
            format!("something nobody knows, password={token}"),
            format!("//{HOST}/:_authToken = {token}"),
            format!("authorization: Basic {token}"),
            format!("--otp {token}"),
        ];
        for line in lines {
            for log in [
                format!("npm error code E403\nnpm error {line}\n"),
                format!("npm error {line}\n"),
                line.clone(),
            ] {
                let text = shown(log.as_bytes());
                assert!(!text.contains(token.as_str()), "{log}\n{text}");
            }
        }
    }
}

#[test]
fn what_was_typed_in_the_wrong_place_is_not_echoed() {
    const SECRET: &str = "hunter2Sekret";
    let commands = [
        "--_authToken \"hunter2Sekret\"",
        "\"--_password\" \"hunter2Sekret\"",
        "\"--registry\" \"https:///bob:hunter2Sekret@127.0.0.1:9/\"",
        r#""--registry" "https:\\bob:hunter2Sekret@127.0.0.1:9/""#,
        "\"--registry\" \"https://bob:hunter2Sekret x@127.0.0.1:9/\"",
    ];
    let errors = [
        "error code ENEEDAUTH\n9 error need auth This command requires you to be logged in to https://registry.npmjs.org/",
        "error code E404\n9 error 404 Not Found - GET http://127.0.0.1:9/hunter2Sekret - not found",
        "error code ECONNREFUSED\n9 error request to https://bob/:hunter2Sekret@127.0.0.1:9/cat failed, reason: connect ECONNREFUSED 127.0.0.1:9",
    ];
    for command in commands {
        for error in errors {
            let log = format!("3 verbose argv \"publish\" {command}\n8 {error}\n");
            let text = shown(log.as_bytes());
            assert!(!text.contains(SECRET), "{log}\n{text}");
        }
    }
}

/// A hundred megabytes that are never in memory or on a disk.
#[test]
fn a_log_without_end_is_read_to_its_end_and_little_of_it_is_kept() {
    let line = b"12 http fetch GET 200 https://registry.npmjs.org/cat 3ms (cache hit)\n";
    let end = format!(
        "npm error code E402\nnpm error 402 Payment Required - PUT https://{HOST}/@acme%2fcat - You must sign up for private packages\n"
    );
    let many = std::io::BufReader::new(Repeated {
        line,
        left: 100 << 20,
    });
    let log = Log::read(std::io::Read::chain(many, end.as_bytes())).expect("readable");
    assert!(log.len() < 1 << 20, "{} bytes are kept", log.len());
    let explanation = explain_text(&log);
    assert_eq!(explanation.causes[0].id, "access-restricted-by-default");
}

/// Ten megabytes of one shape, whatever the shape.
#[test]
fn a_log_of_one_shape_is_kept_small_and_its_failure_is_found() {
    let end = format!(
        "\nnpm error code E402\nnpm error 402 Payment Required - PUT https://{HOST}/@acme%2fcat - You must sign up for private packages\n"
    );
    for line in [
        "x",
        "npm error 404 x\n",
        "\u{1b}[31m",
        "\u{1b}]8;;\u{1b}[",
        "{\"error\":{\"code\":\"E403\",\"summary\":\"",
        "npm error code E403 npm error ",
        "::error::%0Anpm ERR! code E403",
        "\n",
    ] {
        let many = line.repeat((10 << 20) / line.len());
        let log = Log::of_text(&(many + &end));
        assert!(
            log.len() < 1 << 20,
            "{line:?}: {} bytes are kept",
            log.len()
        );
        let explanation = explain_text(&log);
        let failures = std::iter::once(&explanation).chain(&explanation.others);
        let mut causes = failures.flat_map(|failure| &failure.causes);
        assert!(
            causes.any(|cause| cause.id == "access-restricted-by-default"),
            "{line:?}: {explanation:?}"
        );
    }
}

struct Repeated {
    line: &'static [u8],
    left: usize,
}

impl std::io::Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let whole = buffer.len() / self.line.len();
        if self.left == 0 || whole == 0 {
            return Ok(0);
        }
        for piece in buffer.chunks_exact_mut(self.line.len()) {
            piece.copy_from_slice(self.line);
        }
        let written = whole * self.line.len();
        self.left = self.left.saturating_sub(written);
        Ok(written)
    }
}
