//! Our and npm's reading of a case, in one form.

use std::collections::BTreeSet;
use std::path::Path;

use safe_publish::npm::NpmVersion;
use safe_publish::npmrc::arguments::ArgumentProblem;
use safe_publish::npmrc::definitions::{Definition, Type};
use safe_publish::npmrc::value::Value as Setting;
use safe_publish::npmrc::{CommandLine, ini};
use safe_publish::origin::Layer;
use serde_json::{Map, Value, json};

/// The part of a value that differs from another.
pub(super) fn only(one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one
            .iter()
            .filter(|(key, value)| other.get(*key) != Some(value))
            .map(|(key, value)| {
                (
                    key.clone(),
                    only(value, other.get(key).unwrap_or(&Value::Null)),
                )
            })
            .collect(),
        _ => one.clone(),
    }
}

/// A value with its type, where JSON has none.
pub(super) fn plain(value: &Setting) -> Value {
    match value {
        Setting::Null => Value::Null,
        Setting::Undefined => json!({"undefined": true}),
        Setting::Bool(value) => json!(value),
        Setting::Number(_) => json!({"number": value.to_text()}),
        Setting::Text(text) => json!(text),
        Setting::List(values) => values.iter().map(plain).collect(),
        Setting::Object(_) => json!({"object": true}),
    }
}

pub(super) fn types(definition: &Definition) -> Value {
    let name = |kind: &Type| match kind {
        Type::Null => "null".to_owned(),
        Type::False => "false".to_owned(),
        Type::Text => "String".to_owned(),
        Type::List => "Array".to_owned(),
        Type::Path => "path".to_owned(),
        Type::Word(word) => format!("{word:?}"),
        Type::Is(number) => format!("is {number}"),
        other => format!("{other:?}"),
    };
    definition.types.iter().map(name).collect()
}

pub(super) fn ini(case: &Value) -> Value {
    let ini = ini::parse(case["text"].as_str().unwrap());
    if ini.crash.is_some() {
        return json!("crash");
    }
    let entries = ini.entries.iter();
    entries
        .map(|entry| (entry.key.clone(), plain(&entry.value)))
        .collect::<Map<_, _>>()
        .into()
}

pub(super) fn ini_by_npm(answer: &Value) -> Value {
    answer
        .get("read")
        .cloned()
        .unwrap_or_else(|| json!("crash"))
}

pub(super) fn arguments(case: &Value, npm: &NpmVersion, home: &Path) -> Value {
    let args: Vec<String> = serde_json::from_value(case["args"].clone()).unwrap();
    let line = CommandLine::parse(&args, Some(npm));
    let mut flags = Map::new();
    for flag in &line.flags {
        let definition = safe_publish::npmrc::definitions::find(&flag.key, npm.major());
        let is_path = definition.is_some_and(|definition| definition.takes(Type::Path));
        let value = match &flag.value {
            Setting::Text(text) if is_path => json!(resolved(text, home)),
            value => plain(value),
        };
        flags.insert(flag.key.clone(), value);
    }
    let mut all = json!({"flags": flags, "positionals": line.positionals});
    let (mut invalid, mut loose, mut unknown) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut abbreviated = Vec::new();
    for problem in &line.problems {
        match problem {
            ArgumentProblem::Invalid { key, .. } => invalid.push(key.clone()),
            ArgumentProblem::Loose { word, .. } => loose.push(word.clone()),
            ArgumentProblem::Abbreviated { key, .. } => abbreviated.push(key.clone()),
            ArgumentProblem::Unknown { written } => {
                unknown.insert(written.clone());
            }
            // npm does not complain about these; only we do.
            ArgumentProblem::SingleHyphen { .. }
            | ArgumentProblem::Glued { .. }
            | ArgumentProblem::NotASwitch { .. } => {}
        }
    }
    invalid.sort();
    all["invalid"] = json!(invalid);
    all["abbreviated"] = json!(abbreviated);
    all["loose"] = json!(loose);
    all["has unknown"] = json!(!unknown.is_empty());
    all
}

fn resolved(text: &str, home: &Path) -> String {
    let path = home.join(text.strip_prefix("~/").unwrap_or(text));
    let mut out = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out.display().to_string()
}

pub(super) fn arguments_by_npm(answer: &Value) -> Value {
    let names = |pairs: &Value, at: usize| -> Vec<Value> {
        pairs
            .as_array()
            .into_iter()
            .flatten()
            .map(|pair| pair[at].clone())
            .collect()
    };
    let mut invalid: Vec<_> = names(&answer["invalid"], 0)
        .iter()
        .map(|key| key.as_str().unwrap().to_owned())
        .collect();
    invalid.sort();
    json!({
        "flags": answer["flags"],
        "positionals": answer["positionals"],
        "invalid": invalid,
        "abbreviated": names(&answer["abbreviated"], 1),
        "loose": names(&answer["loose"], 1),
        "has unknown": answer["unknown"].as_array().map(|unknown| !unknown.is_empty()),
    })
}

pub(super) fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::CommandLine => "cli",
        Layer::Environment => "env",
        Layer::Project => "project",
        Layer::User => "user",
        Layer::Global => "global",
        Layer::Builtin => "builtin",
        Layer::Default => "default",
    }
}

/// npm's reading of a folder.
pub(super) fn by_npm(answer: &Value) -> Value {
    if answer.get("error").is_some() {
        return json!({"refused": refusal(answer)});
    }
    let mut all = json!({
        "localPrefix": answer["localPrefix"],
        "implicit": answer["implicit"],
        "entries": answer["entries"],
        "files": files(&answer["sources"]),
    });
    if let Some(refused) = answer.get("refused") {
        all["refused"] = refusal(refused);
        return all;
    }
    let invalid: BTreeSet<_> = answer["invalid"]
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    all["invalid"] = json!(invalid);
    all["global"] = answer["global"].clone();
    let get = answer["get"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, found)| {
            let is_set = !matches!(found[0].as_str(), None | Some("default"));
            (
                key.clone(),
                if is_set {
                    found.clone()
                } else {
                    json!("default")
                },
            )
        });
    all["get"] = get.collect::<Map<_, _>>().into();
    add_credentials(&mut all, answer);
    all["sent"] = sent_options(answer);
    all
}

/// What npm finds for a GET and for the PUT.
fn add_credentials(all: &mut Value, answer: &Value) {
    // npm makes a URL from `http://` and a name, but no key for a credential.
    let put = match answer["gate"]["error"].as_str() {
        Some("ERR_INVALID_URL") => json!("unusable"),
        _ => sent(&answer["put"]),
    };
    let is_usable = put.is_object();
    all["got"] = if is_usable {
        sent(&answer["got"])
    } else {
        Value::Null
    };
    all["put"] = put;
    if is_usable {
        all["gate"] = match answer["gate"].get("error") {
            Some(_) => Value::Null,
            None => answer["gate"].clone(),
        };
    }
}

/// The options that npm hands to its publish.
fn sent_options(answer: &Value) -> Value {
    let options = &answer["options"];
    let tag = match &options["defaultTag"] {
        Value::Null => json!("null"),
        tag => option_text(tag),
    };
    let proxies = [&options["httpsProxy"], &options["proxy"]];
    let proxy = proxies.into_iter().find(|it| truthy(it)).map(option_text);
    json!({
        "tag": tag,
        "default tag": answer["isDefaultTag"],
        "access": option_text(&options["access"]),
        "provenance": options["provenance"] == true,
        "otp": truthy(&options["otp"]),
        "verified": options["strictSSL"] != false,
        "proxy": proxy,
    })
}

fn option_text(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) => json!(text),
        Value::Array(all) => {
            let texts: Vec<&str> = all
                .iter()
                .map(|it| it.as_str().unwrap_or_default())
                .collect();
            json!(texts.join(","))
        }
        other => other
            .get("number")
            .cloned()
            .unwrap_or_else(|| match other.get("undefined") {
                Some(_) => Value::Null,
                None => json!(other.to_string()),
            }),
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(object) => {
            object.get("number").is_none_or(|number| number != "0")
                && !object.contains_key("undefined")
        }
        _ => true,
    }
}

fn refusal(error: &Value) -> Value {
    let message = error["message"].as_str().unwrap_or_default();
    let starts = |text: &str| message.starts_with(text);
    if let Some(problems) = error["problems"].as_array() {
        let all = problems.iter().map(|problem| {
            let key = problem.get("key").or(problem.get("from"));
            json!([key, problem["where"], problem["to"]]).to_string()
        });
        return json!(all.collect::<BTreeSet<_>>());
    }
    if starts("double-loading") {
        json!("double")
    } else if message.contains("provided when using") {
        json!("exclusive")
    } else if error["error"] == "EUNKNOWNCONFIG" {
        json!("flag")
    } else if error["error"] == "ERR_INVALID_URL" {
        json!("registry")
    } else if starts("Cannot use --no-workspaces") {
        json!("workspaces")
    } else if starts("The \"path\" argument must be") || starts("The \"paths[0]\" argument must be")
    {
        json!("Crash")
    } else {
        json!(message)
    }
}

fn files(sources: &Value) -> Value {
    let all = sources
        .as_array()
        .unwrap()
        .iter()
        .filter(|source| !matches!(source[0].as_str(), Some("default" | "cli" | "env")));
    all.map(|source| {
        let state = match (source[1].as_str(), source[2].as_str()) {
            (Some(place), _) if place.starts_with('(') => return json!([source[0], "ignored"]),
            (_, None) => "read",
            (_, Some("ENOENT")) => "missing",
            _ => "unreadable",
        };
        json!([source[0], state, source[1].as_str().unwrap_or_default()])
    })
    .map(|source| source.to_string())
    .collect::<BTreeSet<_>>()
    .into_iter()
    .collect()
}

/// A URL with its credential. npm also accepts URLs other than http, and fails later.
fn sent(request: &Value) -> Value {
    let url = request["url"]
        .as_str()
        .and_then(|url| url::Url::parse(url).ok());
    if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return json!("unusable");
    }
    let key = request["key"]
        .as_str()
        .map(|key| key.rsplit_once(':').unwrap().0);
    json!({"url": request["url"], "key": key, "authorization": request["authorization"]})
}
