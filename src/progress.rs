//! One line per topic during the requests, only on a terminal. It does not know the checks.

use std::future::Future;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::environment::Environment;
use crate::registry::client::Client;
use crate::registry::client::RequestRecord;

/// Shorter runs show no progress, which would only flicker.
const SHOWN_AFTER: Duration = Duration::from_millis(200);
const TICK: Duration = Duration::from_millis(80);

/// The spinner characters that a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticks {
    /// Braille.
    Unicode,
    /// Strokes, for a locale without Unicode.
    Ascii,
}

impl Ticks {
    /// What this terminal can show; `None` if standard error is not a terminal, or cannot move
    /// the cursor.
    pub fn of(environment: &Environment) -> Option<Self> {
        let is_capable = environment.variable("TERM") != Some("dumb");
        (environment.terminals.stderr && is_capable).then(|| {
            if environment.is_unicode() {
                Self::Unicode
            } else {
                Self::Ascii
            }
        })
    }

    /// A style with these characters.
    pub fn style(self, template: &str) -> ProgressStyle {
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        match self {
            Self::Unicode => style,
            Self::Ascii => style.tick_chars("|/-\\ "),
        }
    }
}

/// The topics, in the order of their lines.
const TOPICS: [&str; 5] = ["package", "account", "owners", "scope", "similar names"];

/// Awaits some work, and meanwhile shows what a client is waiting for.
pub async fn while_asking<T>(
    client: &Client,
    shown: Option<Ticks>,
    work: impl Future<Output = T>,
) -> T {
    let Some(ticks) = shown else {
        return work.await;
    };
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(SHOWN_AFTER) => {}
    }
    let lines = Lines::new(ticks);
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = tick.tick() => lines.update(&client.log()),
        }
    }
}

struct Lines {
    all: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl Lines {
    fn new(ticks: Ticks) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let style = ticks.style("{spinner} {prefix:14} {msg}");
        let bars = TOPICS.map(|topic| {
            let bar = all.add(ProgressBar::new_spinner().with_style(style.clone()));
            bar.set_prefix(topic);
            bar
        });
        Self {
            all,
            bars: bars.to_vec(),
        }
    }

    fn update(&self, log: &[RequestRecord]) {
        for (topic, bar) in TOPICS.iter().zip(&self.bars) {
            let about: Vec<&RequestRecord> = log
                .iter()
                .filter(|record| topic_of(&record.url) == *topic)
                .collect();
            let open = about.iter().filter(|record| is_open(record)).count();
            let message = match (about.len(), open) {
                (0, _) => "not asked".to_owned(),
                (_, 0) => "answered".to_owned(),
                (all, open) => format!("{} of {all} answered", all - open),
            };
            bar.set_message(message);
            bar.tick();
        }
    }
}

/// However the work ends, no line is left behind.
impl Drop for Lines {
    fn drop(&mut self) {
        for bar in &self.bars {
            bar.finish_and_clear();
        }
        // The cursor is back where it was.
        let _ = self.all.clear();
    }
}

fn is_open(record: &RequestRecord) -> bool {
    record.status.is_none() && !record.given_up && record.milliseconds == 0
}

fn topic_of(url: &str) -> &'static str {
    let holds = |part: &str| url.contains(part);
    if holds("/-/whoami") || holds("/-/npm/v1/") {
        "account"
    } else if holds("/collaborators") {
        "owners"
    } else if holds("/-/org/") {
        "scope"
    } else if holds("/-/v1/search") || holds("/dist-tags") {
        "similar names"
    } else {
        "package"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_belongs_to_a_topic() {
        let table = [
            ("https://h/cat?write=true", "package"),
            ("https://h/@s%2fcat/1.0.0", "package"),
            ("https://h/-/whoami", "account"),
            ("https://h/-/npm/v1/user", "account"),
            ("https://h/-/package/cat/collaborators", "owners"),
            ("https://h/-/org/acme/user", "scope"),
            ("https://h/-/v1/search?text=cat&size=20", "similar names"),
            ("https://h/-/package/c-at/dist-tags", "similar names"),
        ];
        for (url, topic) in table {
            assert_eq!(topic_of(url), topic, "{url}");
            assert!(TOPICS.contains(&topic));
        }
    }
}
