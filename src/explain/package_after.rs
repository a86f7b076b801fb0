//! A package of a failed run, and its state afterwards.

use crate::checks::Judged;
use crate::facts::Facts;
use crate::npm::publish_trace::PublishTrace;

/// What is known about one package after npm has failed.
#[derive(Clone, Copy, Debug)]
pub struct PackageAfter<'a> {
    /// The registry's present answers.
    pub facts: &'a Facts,
    /// The verdict of the checks on them.
    pub judged: &'a Judged,
    /// Whether the version existed before npm was started; `None` if unknown.
    pub stood_before: Option<bool>,
    /// The SHA-1 of the tarball that npm packed, if its log has it.
    pub shasum: Option<&'a str>,
    /// The course of the run, from npm's log.
    pub trace: &'a PublishTrace,
}

/// The state of one package after a failed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishState {
    /// The registry accepted it in this run, or has it with the bytes that npm packed.
    Published,
    /// It did not exist before but does now; its bytes are not known.
    ProbablyPublished,
    /// It does not exist, or existed before.
    NotPublished,
}

impl PackageAfter<'_> {
    pub(super) fn name(&self) -> Option<&str> {
        self.facts.package.name.as_str()
    }

    /// `name@version`.
    pub fn spec(&self) -> String {
        let version = self.facts.package.version.as_ref();
        let version = version.map_or(String::new(), ToString::to_string);
        format!("{}@{version}", self.name().unwrap_or("the package"))
    }

    /// The URL that npm sends the package to, as its log shows it.
    fn address(&self) -> Option<String> {
        let registry = self.facts.package.registry.as_ref().ok()?;
        Some(registry.value.package(self.name()?))
    }

    /// Whether the registry answers that it does not exist, or it existed before.
    pub(super) fn is_absent(&self) -> bool {
        self.facts.version().is_ok() && self.state() == PublishState::NotPublished
    }

    /// Whether the registry accepted it in this run according to npm's own log, which a stale
    /// answer cannot contradict.
    pub fn was_accepted(&self) -> bool {
        let address = self.address();
        address.is_some_and(|address| self.trace.was_accepted(&address))
    }

    /// Its state.
    pub fn state(&self) -> PublishState {
        if self.was_accepted() {
            return PublishState::Published;
        }
        let answer = self.facts.version().ok();
        let version = answer.and_then(|answer| answer.value.as_ref());
        let Some(version) = version.filter(|_| self.stood_before != Some(true)) else {
            return PublishState::NotPublished;
        };
        match (self.shasum, version.shasum.as_deref()) {
            (Some(packed), Some(stands)) if packed.eq_ignore_ascii_case(stands) => {
                PublishState::Published
            }
            (None, _) | (_, None) if self.stood_before == Some(false) => {
                PublishState::ProbablyPublished
            }
            _ => PublishState::NotPublished,
        }
    }

    /// Whether the script that failed is one that runs after this package was accepted.
    pub(super) fn failed_behind_its_put(&self) -> bool {
        let failed = self.trace.failed_script.as_ref();
        let is_behind = |name: &str| name == "postpublish" || name == "publish";
        let runs_behind = failed.is_some_and(|it| self.scripts(&it.command).any(is_behind));
        self.was_accepted() && runs_behind
    }

    /// The names of the scripts in package.json that run a command.
    pub(super) fn scripts<'a>(&'a self, command: &'a str) -> impl Iterator<Item = &'a str> {
        let scripts = self.facts.package.manifest.object.get("scripts");
        let scripts = scripts.and_then(serde_json::Value::as_object);
        let all = scripts.into_iter().flatten();
        all.filter(move |(_, text)| text.as_str() == Some(command))
            .map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{self, Rules};
    use crate::explain::Log;
    use crate::explain::evidence::explain_with;
    use crate::facts::fake::{fake, fake_of};

    fn judged(facts: &Facts) -> Judged {
        let rules = Rules {
            levels: &std::collections::BTreeMap::new(),
            allow: &[],
            strict: false,
        };
        checks::judge(facts, &rules)
    }

    const ACCEPTED: &str = "30 http fetch PUT 200 https://registry.npmjs.org/cat 9ms\n";

    fn state(facts: &Facts, stood_before: Option<bool>, log: &str) -> PublishState {
        let (judged, trace) = (judged(facts), PublishTrace::of_text(log));
        let package = PackageAfter {
            facts,
            judged: &judged,
            stood_before,
            shasum: None,
            trace: &trace,
        };
        package.state()
    }

    #[test]
    fn what_npms_own_log_says_was_accepted_is_out_whatever_a_stale_read_says() {
        // The registry's answer is older than the publish.
        let stale = fake();
        assert_eq!(
            state(&stale, Some(false), ACCEPTED),
            PublishState::Published
        );
        assert_eq!(state(&stale, Some(false), ""), PublishState::NotPublished);
        let refused = ACCEPTED.replace("200", "403");
        assert_eq!(
            state(&stale, Some(false), &refused),
            PublishState::NotPublished
        );
    }

    #[test]
    fn this_runs_own_success_is_never_called_taken() {
        // Two members: cat was published in this run, dog was refused without its name.
        let (cat, dog) = (
            fake().published(&["1.0.0"]),
            fake_of(serde_json::json!({ "name": "dog", "version": "1.0.0" })),
        );
        let text = format!("{ACCEPTED}31 error code E400\n32 error something new\n");
        let trace = PublishTrace::of_text(&text);
        let (of_cat, of_dog) = (judged(&cat), judged(&dog));
        let after = |facts, judged| PackageAfter {
            facts,
            judged,
            stood_before: Some(false),
            shasum: None,
            trace: &trace,
        };
        let packages = [after(&cat, &of_cat), after(&dog, &of_dog)];
        let explanation = explain_with(&Log::of_text(&text), &trace, &packages);
        let ids: Vec<&str> = explanation.causes.iter().map(|cause| cause.id).collect();
        assert!(!ids.contains(&"version-taken"), "{ids:?}");
        assert!(!ids.is_empty(), "unknown is said where nothing fits");
    }
}
