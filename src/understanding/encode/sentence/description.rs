//! What the small files of a sentence-transformers folder say: the network's shape, how states
//! become a vector, what stands before a text. Whatever this server does not compute is refused
//! here, with the file that asks for it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::understanding::encode::EncodeError;

/// The network's shape, as `transformers` writes it.
pub(super) const CONFIG: &str = "config.json";
/// The steps from a text to a vector.
const MODULES: &str = "modules.json";
/// How states become a vector, when no list of steps says where that is.
const POOLING: &str = "1_Pooling/config.json";
/// How long texts may be.
const LENGTHS: &str = "sentence_bert_config.json";
/// What stands before texts.
const PROMPTS: &str = "config_sentence_transformers.json";
/// What `models add` was told.
const OWN: &str = "frontdesk.json";

/// A message is cut after so many tokens; attention grows with the square.
const MOST_TOKENS: usize = 256;
/// Tokens with which a model is of use.
const LEAST_TOKENS: usize = 8;
/// No network is larger than this in any direction.
const MOST_SIZE: usize = 1 << 16;
/// No table has more rows.
const MOST_ROWS: usize = 1 << 22;

/// What a model was told beside its own files.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, Deserialize)]
pub struct Told {
    /// What stands before every text; the model's own default where this is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

impl Told {
    /// The file of a model's folder in which this stands.
    pub const FILE: &str = OWN;
}

/// The two ways in which the family counts positions and names its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Bert,
    Roberta,
}

/// What stands between the two halves of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    Gelu,
    GeluTanh,
    Relu,
}

/// What becomes the vector of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pooling {
    Mean,
    First,
}

/// The network's shape.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub family: Family,
    pub width: usize,
    pub layers: usize,
    pub heads: usize,
    pub inner: usize,
    pub positions: usize,
    pub types: usize,
    pub rows: usize,
    pub epsilon: f32,
    pub activation: Activation,
    /// The token that fills rows up.
    pub padding: u32,
}

impl Shape {
    /// The position of the first token.
    pub(super) fn first_position(&self) -> usize {
        match self.family {
            Family::Bert => 0,
            Family::Roberta => self.padding as usize + 1,
        }
    }
}

/// What the folder says.
#[derive(Clone, Debug)]
pub(super) struct Description {
    pub shape: Shape,
    pub pooling: Pooling,
    pub prefix: String,
    pub is_lower_case: bool,
    pub most_tokens: usize,
}

#[derive(Deserialize)]
struct Config {
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    #[serde(default = "two")]
    type_vocab_size: usize,
    #[serde(default = "epsilon")]
    layer_norm_eps: f32,
    #[serde(default = "gelu")]
    hidden_act: String,
    pad_token_id: Option<u32>,
    #[serde(default)]
    is_decoder: bool,
    position_embedding_type: Option<String>,
}

fn two() -> usize {
    2
}

fn epsilon() -> f32 {
    1e-12
}

fn gelu() -> String {
    "gelu".to_owned()
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    path: String,
    r#type: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lengths {
    max_seq_length: Option<usize>,
    do_lower_case: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Prompts {
    prompts: std::collections::BTreeMap<String, String>,
    default_prompt_name: Option<String>,
}

impl Description {
    /// Reads the folder's description.
    pub(super) fn read(folder: &Path) -> Result<Self, EncodeError> {
        let shape = read_shape(&folder.join(CONFIG))?;
        let pooling = read_pooling(folder)?;
        let lengths: Lengths = read_if_there(&folder.join(LENGTHS))?.unwrap_or_default();
        let told: Told = read_if_there(&folder.join(OWN))?.unwrap_or_default();
        let prefix = match told.prefix {
            Some(prefix) => prefix,
            None => default_prompt(&folder.join(PROMPTS))?,
        };
        let places = shape.positions.saturating_sub(shape.first_position());
        let most_tokens =
            places.min(MOST_TOKENS).min(lengths.max_seq_length.unwrap_or(MOST_TOKENS));
        if most_tokens < LEAST_TOKENS {
            let message = format!("reads {most_tokens} tokens at once, which is too few");
            return Err(EncodeError::damaged(&folder.join(CONFIG), message));
        }
        let is_lower_case = lengths.do_lower_case;
        Ok(Self { shape, pooling, prefix, is_lower_case, most_tokens })
    }

    /// The files of the folder that a model consists of, as far as they are there; those without
    /// which nothing runs are always named.
    pub(super) fn files(folder: &Path) -> Result<Vec<String>, EncodeError> {
        let mut files = super::NEEDED.map(str::to_owned).to_vec();
        let pooling = pooling_file(folder)?;
        let optional = [MODULES, &pooling, LENGTHS, PROMPTS, OWN];
        let there = optional.iter().filter(|name| folder.join(name).is_file());
        files.extend(there.map(|name| (*name).to_owned()));
        Ok(files)
    }
}

fn read_shape(file: &Path) -> Result<Shape, EncodeError> {
    let wrong = |message: String| EncodeError::damaged(file, message);
    let value: Value = read_json(file)?;
    let kind = value.get("model_type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let family = match kind.as_str() {
        "bert" => Family::Bert,
        "roberta" | "xlm-roberta" | "camembert" => Family::Roberta,
        _ => {
            let message = format!(
                "model_type is \"{kind}\"; this server runs bert, roberta, xlm-roberta and camembert"
            );
            return Err(wrong(message));
        }
    };
    let config: Config = serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
    let is_size = |size: usize| (1..=MOST_SIZE).contains(&size);
    let sizes = [
        config.hidden_size,
        config.num_hidden_layers,
        config.num_attention_heads,
        config.intermediate_size,
        config.max_position_embeddings,
        config.type_vocab_size,
    ];
    let activation = match config.hidden_act.as_str() {
        "gelu" => Activation::Gelu,
        "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
        "relu" => Activation::Relu,
        other => return Err(wrong(format!("hidden_act is \"{other}\", which is not known here"))),
    };
    if !sizes.into_iter().all(is_size) || !(1..=MOST_ROWS).contains(&config.vocab_size) {
        return Err(wrong("holds sizes that no model of this family has".to_owned()));
    }
    if !config.hidden_size.is_multiple_of(config.num_attention_heads) {
        return Err(wrong("hidden_size is no multiple of num_attention_heads".to_owned()));
    }
    let positions = config.position_embedding_type.as_deref().unwrap_or("absolute");
    if config.is_decoder || positions != "absolute" {
        return Err(wrong("only encoders with absolute positions are run".to_owned()));
    }
    let default_padding = u32::from(family != Family::Bert);
    Ok(Shape {
        family,
        width: config.hidden_size,
        layers: config.num_hidden_layers,
        heads: config.num_attention_heads,
        inner: config.intermediate_size,
        positions: config.max_position_embeddings,
        types: config.type_vocab_size,
        rows: config.vocab_size,
        epsilon: config.layer_norm_eps,
        activation,
        padding: config.pad_token_id.unwrap_or(default_padding),
    })
}

/// The steps of the folder, checked, with the folder of the pooling.
fn pooling_file(folder: &Path) -> Result<String, EncodeError> {
    let file = folder.join(MODULES);
    let Some(modules) = read_if_there::<Vec<Module>>(&file)? else {
        return Ok(POOLING.to_owned());
    };
    let mut pooling = POOLING.to_owned();
    for module in modules {
        match module.r#type.rsplit('.').next().unwrap_or_default() {
            "Transformer" if module.path.is_empty() => {}
            "Normalize" => {}
            "Pooling" if is_plain(&module.path) => pooling = format!("{}/config.json", module.path),
            other => {
                let message = format!(
                    "has the step {other} in \"{}\"; this server runs Transformer, Pooling and Normalize",
                    module.path
                );
                return Err(EncodeError::damaged(&file, message));
            }
        }
    }
    Ok(pooling)
}

/// Whether a path is the name of a folder, and leads nowhere else.
fn is_plain(path: &str) -> bool {
    !path.is_empty() && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn read_pooling(folder: &Path) -> Result<Pooling, EncodeError> {
    let file = folder.join(pooling_file(folder)?);
    let Some(value) = read_if_there::<serde_json::Map<String, Value>>(&file)? else {
        return Ok(Pooling::Mean);
    };
    // since sentence-transformers 6 one word, before that a switch for each way
    let word = value.get("pooling_mode").and_then(Value::as_str).map(str::to_owned);
    let switches = value.iter().filter(|(_, value)| **value == Value::Bool(true));
    let switches = switches.filter_map(|(name, _)| name.strip_prefix("pooling_mode_"));
    let chosen = word.unwrap_or_else(|| switches.collect::<Vec<_>>().join("+"));
    match chosen.as_str() {
        "mean" | "mean_tokens" => Ok(Pooling::Mean),
        "cls" | "cls_token" => Ok(Pooling::First),
        other => {
            let message = format!("pools by \"{other}\"; this server pools by mean or cls");
            Err(EncodeError::damaged(&file, message))
        }
    }
}

fn default_prompt(file: &Path) -> Result<String, EncodeError> {
    let Prompts { prompts, default_prompt_name } = read_if_there(file)?.unwrap_or_default();
    let Some(name) = default_prompt_name else { return Ok(String::new()) };
    prompts.get(&name).cloned().ok_or_else(|| {
        EncodeError::damaged(
            file,
            format!("default_prompt_name \"{name}\" is not among the prompts"),
        )
    })
}

fn read_if_there<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, EncodeError> {
    if file.is_file() { read_json(file).map(Some) } else { Ok(None) }
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, EncodeError> {
    let unreadable = |source| EncodeError::Unreadable { file: PathBuf::from(file), source };
    let bytes = fs::read(file).map_err(unreadable)?;
    serde_json::from_slice(&bytes).map_err(|error| EncodeError::damaged(file, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with the given files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    const BERT: &str = r#"{"model_type": "bert", "hidden_size": 32, "num_hidden_layers": 1,
        "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 64,
        "vocab_size": 100}"#;

    fn refusal(files: &[(&str, &str)]) -> String {
        Description::read(folder(files).path()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_said_has_the_familys_defaults() {
        let read = Description::read(folder(&[(CONFIG, BERT)]).path()).unwrap();
        assert_eq!((read.pooling, read.prefix.as_str(), read.most_tokens), (Pooling::Mean, "", 64));
        let roberta = BERT.replace("\"bert\"", "\"xlm-roberta\"");
        let pooling = r#"{"pooling_mode": "cls", "include_prompt": true}"#;
        let lengths = r#"{"max_seq_length": 512}"#;
        let files = [(CONFIG, roberta.as_str()), (POOLING, pooling), (LENGTHS, lengths)];
        let read = Description::read(folder(&files).path()).unwrap();
        assert_eq!((read.shape.first_position(), read.most_tokens), (2, 62));
        assert_eq!(read.pooling, Pooling::First);
    }

    #[test]
    fn a_prefix_comes_from_the_operator_or_else_from_the_model() {
        let prompts = r#"{"prompts": {"query": "query: "}, "default_prompt_name": "query"}"#;
        let read = Description::read(folder(&[(CONFIG, BERT), (PROMPTS, prompts)]).path());
        assert_eq!(read.unwrap().prefix, "query: ");
        let told = serde_json::to_string(&Told { prefix: Some(String::new()) }).unwrap();
        let files = [(CONFIG, BERT), (PROMPTS, prompts), (OWN, told.as_str())];
        assert_eq!(Description::read(folder(&files).path()).unwrap().prefix, "");
    }

    #[test]
    fn what_is_not_computed_is_refused_with_the_file() {
        let gpt = BERT.replace("\"bert\"", "\"gpt2\"");
        let decoder = BERT.replace("{\"model", "{\"is_decoder\": true, \"model");
        let heads = BERT.replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 5");
        let huge = BERT.replace("\"hidden_size\": 32", "\"hidden_size\": 99999999999");
        let dense =
            r#"[{"path": "", "type": "a.Transformer"}, {"path": "2_Dense", "type": "a.Dense"}]"#;
        let outside = r#"[{"path": "../x", "type": "a.Pooling"}]"#;
        let max = r#"{"pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": true}"#;
        for (files, named, said) in [
            (vec![], CONFIG, "No such file"),
            (vec![(CONFIG, "{")], CONFIG, "EOF"),
            (vec![(CONFIG, gpt.as_str())], CONFIG, "gpt2"),
            (vec![(CONFIG, "{}")], CONFIG, "model_type"),
            (vec![(CONFIG, decoder.as_str())], CONFIG, "encoders"),
            (vec![(CONFIG, heads.as_str())], CONFIG, "num_attention_heads"),
            (vec![(CONFIG, huge.as_str())], CONFIG, "sizes"),
            (vec![(CONFIG, BERT), (MODULES, dense)], MODULES, "Dense"),
            (vec![(CONFIG, BERT), (MODULES, outside)], MODULES, "../x"),
            (vec![(CONFIG, BERT), (POOLING, max)], POOLING, "max_tokens+mean_tokens"),
            (vec![(CONFIG, BERT), (LENGTHS, r#"{"max_seq_length": 3}"#)], CONFIG, "too few"),
            (vec![(CONFIG, BERT), (PROMPTS, r#"{"default_prompt_name": "q"}"#)], PROMPTS, "\"q\""),
        ] {
            let message = refusal(&files);
            assert!(message.contains(named) && message.contains(said), "{files:?}: {message}");
        }
    }
}
