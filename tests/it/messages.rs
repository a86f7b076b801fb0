//! Every known family of messages of failed publishes, reworded and with made-up packages:
//! `fixtures/messages/<topic>.json`. The text alone must lead to the cause, ordered by how
//! often it was the true one.

use std::fs;
use std::path::Path;

use safe_publish::explain::{Explanation, Likelihood, Log, explain_text};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    about: String,
    log: Vec<String>,
    /// One of these is the first cause.
    #[serde(default)]
    first: Vec<String>,
    /// All of these are named.
    #[serde(default)]
    within: Vec<String>,
    /// Whether the first one is certain, if that matters.
    certain: Option<bool>,
}

fn messages() -> Vec<(String, Message)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/messages");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("fixtures/messages is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let topic = path.file_stem().expect("a name").display().to_string();
        let text = fs::read_to_string(path).expect("readable");
        let messages: Vec<Message> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{topic}: {error}"));
        messages
            .into_iter()
            .map(move |message| (topic.clone(), message))
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(read).collect()
}

/// npm's message as shown: without standard text and prefixes, and in full.
#[test]
fn the_one_informative_sentence_is_taken_out() {
    let table = [
        (
            "npm ERR! code E403\nnpm ERR! 403 403 Forbidden - PUT https://h/cat - no way\nnpm ERR! 403 In most cases, you or one of your dependencies are requesting",
            "no way",
        ),
        (
            "Error: Command failed: npm publish --tag x\nnpm ERR! publish Failed PUT 403\nnpm ERR! code E403\n\nnpm ERR! no way : cat",
            "no way : cat",
        ),
        (
            "npm ERR! code E401\nnpm ERR! Unable to authenticate, need: Basic realm=\"GitHub Package Registry\"",
            "Unable to authenticate, need: Basic realm=\"GitHub Package Registry\"",
        ),
        (
            "npm ERR! publish Failed PUT 413\nnpm ERR! Unexpected token <\nnpm ERR! <html>\nnpm ERR! <head><title>413 Request Entity Too Large</title></head>",
            "413 Request Entity Too Large",
        ),
        (
            "➤ YN0000: ➤ YN0033: No authentication configured for request\n➤ YN0000: ➤ YN0000: Failed with errors in 0s 31ms",
            "No authentication configured for request",
        ),
        (
            "8 error argv \"node\" \"npm\" \"publish\"\n9 error node v0.12.4\n11 error Tag name must not be a valid SemVer range: 0.1.0",
            "Tag name must not be a valid SemVer range: 0.1.0",
        ),
        (
            "🦋  error an error occurred while publishing cat: E403 no way\n🦋  error npm error code E403\n🦋  error npm error 403 403 Forbidden - PUT https://h/cat - no way",
            "no way",
        ),
        (
            "npm http fetch POST 404 https://h/-/npm/v1/oidc/token/exchange/package/cat 5ms\nnpm verbose oidc Failed token exchange request with body message: an error\nnpm http fetch PUT 404 https://h/cat 5ms",
            "oidc Failed token exchange request with body message: an error",
        ),
        (
            "E422 422 Unprocessable Entity - Error verifying sigstore provenance bundle:\nFailed to validate it",
            "E422 422 Unprocessable Entity - Error verifying sigstore provenance bundle: Failed to validate it",
        ),
    ];
    for (log, text) in table {
        let explanation = explain_text(&Log::of_text(log));
        assert_eq!(
            explanation.error.map(|error| error.text).as_deref(),
            Some(text),
            "{log}"
        );
    }
}

fn problem(message: &Message, explanation: &Explanation) -> Option<String> {
    let causes = &explanation.causes;
    let ids: Vec<&str> = causes.iter().map(|cause| cause.id).collect();
    let first = causes.first()?;
    let says = |what: &str| Some(format!("{what}: said {ids:?}"));
    if ids.len() > 5 {
        return says("more than five");
    }
    if !message.first.is_empty() && !message.first.iter().any(|id| id == first.id) {
        return says(&format!("first is to be {:?}", message.first));
    }
    if let Some(missing) = message.within.iter().find(|id| !ids.contains(&id.as_str())) {
        return says(&format!("{missing} is missing"));
    }
    let certain = first.likelihood == Likelihood::Certain;
    if message.certain.is_some_and(|wanted| wanted != certain) {
        return says(&format!("certain is {certain}"));
    }
    None
}

#[test]
fn every_family_of_messages_leads_to_its_cause() {
    let messages = messages();
    assert!(messages.len() > 150, "only {}", messages.len());
    let problems: Vec<String> = messages
        .iter()
        .filter_map(|(topic, message)| {
            let log = message.log.join("\n");
            let explanation = explain_text(&Log::of_text(&log));
            let problem = if explanation.causes.is_empty() {
                Some("no failure seen".to_owned())
            } else {
                problem(message, &explanation)
            };
            Some(format!("{topic}, {}: {}", message.about, problem?))
        })
        .collect();
    assert!(
        problems.is_empty(),
        "{} of {}:\n{}",
        problems.len(),
        messages.len(),
        problems.join("\n")
    );
}
