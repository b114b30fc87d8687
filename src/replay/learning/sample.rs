//! A turn with what came of it, as it stands in a file: one JSON object a line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::dialogue::Strategy;
use crate::dialogue::learned::{Features, Name, Number, Way, WayCosts};
use crate::domain::{Costs, DOUBTED, IN_VAIN, UrgencyLevel};

/// What a suggestion costs beside a needless hand-off where it is right: the customer reads that it
/// may not be.
const HEDGED: f32 = 1.0 / 3.0;
/// What it costs beside a needless hand-off to press a button before the answer comes.
const PRESSED: f32 = 2.0 / 3.0;

/// What would have helped, as it turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proved {
    /// The likeliest entry.
    Likeliest,
    /// Another entry.
    Other,
    /// A person, and no entry.
    Person,
}

/// A turn with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Which conversation; turns of one stay together when some are held out.
    pub conversation: String,
    /// The place of the message in it.
    #[serde(default)]
    pub seq: u64,
    /// What is known of the message: numbers and names.
    pub features: BTreeMap<String, Value>,
    /// What the bot did then.
    pub did: Way,
    /// What the rules do now.
    pub rules: Way,
    /// What would have helped.
    pub proved: Proved,
}

/// What a feature is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Number(f32),
    /// A name.
    Name(String),
}

impl Value {
    /// The name, where it is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Number(_) => None,
        }
    }
}

/// A file of samples that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {problem}", file.display())]
pub struct SampleError {
    file: PathBuf,
    line: usize,
    problem: String,
}

impl Proved {
    /// What each way costs where this would have helped.
    pub fn costs(self, costs: Costs) -> WayCosts {
        let Costs { wrong_answer: wrong, needless_handoff: needless, .. } = costs;
        let (wrong, needless) = (f64::from(wrong), f64::from(needless));
        let (hedged, pressed) = (f64::from(HEDGED), f64::from(PRESSED));
        let (doubted, in_vain) = (f64::from(DOUBTED), f64::from(IN_VAIN));
        match self {
            Self::Likeliest => WayCosts {
                answer: 0.0,
                suggest: hedged * needless,
                clarify: pressed * needless,
                hand_off: needless,
            },
            Self::Other => WayCosts {
                answer: wrong,
                suggest: doubted * wrong,
                clarify: pressed * needless,
                hand_off: needless,
            },
            Self::Person => WayCosts {
                answer: wrong,
                suggest: doubted * wrong,
                clarify: in_vain * wrong,
                hand_off: 0.0,
            },
        }
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Likeliest => "likeliest",
            Self::Other => "other",
            Self::Person => "person",
        }
    }
}

impl Sample {
    /// Writes features down.
    pub fn written(features: &Features<'_>) -> BTreeMap<String, Value> {
        let numbers = Number::ALL
            .into_iter()
            .map(|number| (number.name().to_owned(), Value::Number(features.number(number))));
        let names = Name::ALL.into_iter().filter_map(|name| {
            Some((name.name().to_owned(), Value::Name(features.name(name)?.to_owned())))
        });
        numbers.chain(names).collect()
    }

    /// The features; a number that is not given is 0.
    pub fn features(&self) -> Features<'_> {
        let number = |number: Number| match self.features.get(number.name()) {
            Some(Value::Number(value)) => *value,
            _ => 0.0,
        };
        let name = |name: Name| match self.features.get(name.name()) {
            Some(Value::Name(value)) => Some(value.as_str()),
            _ => None,
        };
        Features { numbers: Number::ALL.map(number), names: Name::ALL.map(name) }
    }

    /// What each way costs, as costs are with such a customer in such a matter.
    pub fn costs(&self, strategy: &Strategy) -> WayCosts {
        let features = self.features();
        let level = features.number(Number::Urgency);
        let urgency =
            UrgencyLevel::ALL.into_iter().rev().find(|known| f32::from(*known as u8) <= level);
        let urgency = urgency.unwrap_or(UrgencyLevel::Low);
        self.proved.costs(strategy.costs(features.name(Name::Segment), urgency))
    }

    /// One of so many parts, by the conversation alone.
    pub fn part(&self, parts: u32, salt: &str) -> u32 {
        crc32fast::hash(format!("{salt}/{}", self.conversation).as_bytes()) % parts
    }

    /// Whether the conversation is one of the fifth from which nothing is learned.
    pub fn is_held_out(&self) -> bool {
        self.part(5, "held out") == 0
    }

    fn mistake(&self) -> Option<String> {
        let wrong = self.features.iter().find_map(|(key, value)| {
            let is_number = Number::ALL.iter().any(|number| number.name() == key);
            let is_name = Name::ALL.iter().any(|name| name.name() == key);
            match value {
                Value::Number(value) if is_number && value.is_finite() => None,
                Value::Name(_) if is_name => None,
                _ if is_number => Some(format!("`features.{key}` must be a number")),
                _ if is_name => Some(format!("`features.{key}` must be a name")),
                _ => Some(format!("`features.{key}`: nothing is known of it")),
            }
        });
        wrong.or_else(|| {
            self.conversation.is_empty().then(|| "`conversation` must not be empty".to_owned())
        })
    }
}

/// Reads a file of samples; empty lines are left out.
pub fn read_samples(file: &Path) -> Result<Vec<Sample>, SampleError> {
    let wrong = |line, problem| SampleError { file: file.to_owned(), line, problem };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(0, error.to_string()))?;
    let mut samples = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let json = &mut serde_json::Deserializer::from_str(line);
        let sample: Sample = serde_path_to_error::deserialize(json)
            .map_err(|error| wrong(number, format!("`{}`: {}", error.path(), error.inner())))?;
        if let Some(mistake) = sample.mistake() {
            return Err(wrong(number, mistake));
        }
        samples.push(sample);
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_mistake_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.jsonl");
        let right = r#"{"conversation":"c","features":{"likeliest":0.5,"segment":"vip"},"did":"answer","rules":"suggest","proved":"person"}"#;
        std::fs::write(&file, format!("{right}\n\n{right}\n")).unwrap();
        let samples = read_samples(&file).unwrap();
        assert_eq!(samples.len(), 2);
        assert_eq!(samples[0].features().name(Name::Segment), Some("vip"));
        let written = Sample::written(&samples[0].features());
        assert_eq!(written.get("likeliest"), Some(&Value::Number(0.5)));
        for (from, to, told) in [
            ("\"person\"", "\"nobody\"", "`proved`: unknown variant `nobody`"),
            ("0.5", "\"much\"", "`features.likeliest` must be a number"),
            ("segment", "shoe", "`features.shoe`: nothing is known of it"),
            ("\"c\"", "\"\"", "`conversation` must not be empty"),
        ] {
            std::fs::write(&file, format!("{right}\n{}\n", right.replace(from, to))).unwrap();
            let error = read_samples(&file).unwrap_err().to_string();
            assert!(error.contains("s.jsonl:2: ") && error.contains(told), "{error}");
        }
    }

    #[test]
    fn what_would_have_helped_is_the_cheapest_way() {
        let cheapest = |proved: Proved| proved.costs(Costs::default()).cheapest().0;
        assert_eq!(cheapest(Proved::Likeliest), Way::Answer);
        assert_eq!(cheapest(Proved::Person), Way::HandOff);
        assert!(matches!(cheapest(Proved::Other), Way::Suggest | Way::Clarify));
    }
}
