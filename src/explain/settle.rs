//! What need not be asked any more once the facts are known.

use super::evidence::{After, Fate};
use super::{Explanation, Likelihood, words};

/// The explanation without the questions that the facts have answered.
pub(super) fn settle(mut explanation: Explanation, concerned: &[&After<'_>]) -> Explanation {
    let causes = &mut explanation.causes;
    if let (true, Some(error)) = (causes.is_empty(), &explanation.error) {
        causes.extend(words::cause("unknown", Likelihood::Possible, error));
    }
    let specs: Vec<String> = concerned.iter().map(|package| package.spec()).collect();
    let absent = !concerned.is_empty()
        && concerned
            .iter()
            .all(|package| package.facts.version().is_ok() && package.fate() == Fate::NotPublished);
    let asks_for_it = |command: &str| {
        absent && command.contains("npm view ") && specs.iter().any(|spec| command.contains(spec))
    };
    for cause in causes.iter_mut() {
        cause.separates = cause
            .separates
            .take()
            .filter(|question| !asks_for_it(&question.command));
        for help in &mut cause.help {
            if asks_for_it(help) && help.starts_with("look first") {
                let rest = help.split_once("; then ");
                let rest = rest.or_else(|| help.split_once("; if it is not there, "));
                *help = rest.map_or(String::new(), |(_, rest)| {
                    format!("it is not there: {rest}")
                });
            }
        }
        cause.help.retain(|help| !help.is_empty());
    }
    let decided = matches!(causes.first(), Some(first) if first.likelihood == Likelihood::Certain);
    let first = explanation.first.take();
    explanation.first = first
        .filter(|fork| !decided && !asks_for_it(&fork.question.command))
        .and_then(|mut fork| {
            let causes = &explanation.causes;
            for (_, ids) in &mut fork.answers {
                ids.retain(|id| causes.iter().any(|cause| cause.id == *id));
            }
            fork.answers.retain(|(_, ids)| !ids.is_empty());
            (fork.answers.len() > 1).then_some(fork)
        });
    explanation
}
