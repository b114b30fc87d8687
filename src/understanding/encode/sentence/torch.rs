//! The same networks on libtorch, by rust-bert; only with the cargo feature `torch`. A network is
//! used by one thread at a time; libtorch has threads of its own.

use std::sync::{Mutex, PoisonError};

use rust_bert::RustBertError;
use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel, BertModelOutput};
use rust_bert::roberta::RobertaEmbeddings;
use tch::nn::VarStore;
use tch::{Device, TchError, Tensor};

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::sentence::Network;
use crate::understanding::encode::sentence::description::{Activation, Family, Shape};
use crate::understanding::encode::sentence::tensors::Tensors;

/// The token from which rust-bert counts the positions of the `RoBERTa` family.
const ROBERTA_PADDING: u32 = 1;

enum Model {
    Bert(BertModel<BertEmbeddings>),
    Roberta(BertModel<RobertaEmbeddings>),
}

/// The network, ready to run.
pub(super) struct TorchNetwork {
    model: Mutex<Model>,
    width: usize,
}

impl TorchNetwork {
    /// Builds the network from its weights.
    pub(super) fn load(shape: &Shape, tensors: &Tensors) -> Result<Self, EncodeError> {
        let config = config(shape);
        let store = VarStore::new(Device::Cpu);
        let model = match shape.family {
            Family::Bert => Model::Bert(BertModel::new(store.root(), &config)),
            Family::Roberta if shape.padding == ROBERTA_PADDING => {
                Model::Roberta(BertModel::new(store.root(), &config))
            }
            Family::Roberta => {
                let message = "libtorch runs this family only with pad_token_id 1";
                return Err(EncodeError::Inference(message.to_owned()));
            }
        };
        for (name, mut variable) in store.variables() {
            if name.starts_with("pooler.") {
                continue; // of no use to a sentence
            }
            let size: Vec<usize> =
                variable.size().into_iter().filter_map(|size| usize::try_from(size).ok()).collect();
            let values: Vec<f32> = tensors.get(&name, &size)?.values().collect();
            let copied = tch::no_grad(|| {
                let values = Tensor::f_of_slice(&values)?.f_reshape(&variable.size())?;
                variable.f_copy_(&values)
            });
            copied.map_err(|error| failed(&error))?;
        }
        Ok(Self { model: Mutex::new(model), width: shape.width })
    }
}

impl Network for TorchNetwork {
    fn states(&self, ids: &[u32]) -> Result<Vec<f32>, EncodeError> {
        let ids: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
        let mut states = vec![0.0; ids.len() * self.width];
        let copied = tch::no_grad(|| -> Result<(), EncodeError> {
            let tensor = Tensor::f_of_slice(&ids).and_then(|ids| ids.f_unsqueeze(0));
            let output = self.forward(&tensor.map_err(|error| failed(&error))?);
            let output = output.map_err(|error| EncodeError::Inference(error.to_string()))?;
            let count = states.len();
            let flat = output.hidden_state.f_contiguous().map_err(|error| failed(&error))?;
            if flat.numel() != count {
                return Err(EncodeError::Inference(format!("{} numbers came back", flat.numel())));
            }
            flat.f_copy_data(&mut states, count).map_err(|error| failed(&error))
        });
        copied.map(|()| states)
    }
}

impl TorchNetwork {
    fn forward(&self, ids: &Tensor) -> Result<BertModelOutput, RustBertError> {
        let ids = Some(ids);
        match &*self.model.lock().unwrap_or_else(PoisonError::into_inner) {
            Model::Bert(bert) => bert.forward_t(ids, None, None, None, None, None, None, false),
            Model::Roberta(roberta) => {
                roberta.forward_t(ids, None, None, None, None, None, None, false)
            }
        }
    }
}

fn config(shape: &Shape) -> BertConfig {
    let signed = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    BertConfig {
        hidden_act: match shape.activation {
            Activation::Gelu => rust_bert::Activation::gelu,
            Activation::GeluTanh => rust_bert::Activation::gelu_new,
            Activation::Relu => rust_bert::Activation::relu,
        },
        hidden_size: signed(shape.width),
        intermediate_size: signed(shape.inner),
        max_position_embeddings: signed(shape.positions),
        num_attention_heads: signed(shape.heads),
        num_hidden_layers: signed(shape.layers),
        type_vocab_size: signed(shape.types),
        vocab_size: signed(shape.rows),
        ..BertConfig::default()
    }
}

fn failed(error: &TchError) -> EncodeError {
    EncodeError::Inference(error.to_string())
}
