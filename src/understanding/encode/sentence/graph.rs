//! The network of the BERT family as a graph (Devlin et al. 2019; Liu et al. 2019): embeddings come
//! in, the last layer's states come out, one row a token. One text a call, so there is no mask.

use rten::{Model, ModelOptions, NodeId};

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::inference::{input, run};
use crate::understanding::encode::sentence::Network;
use crate::understanding::encode::sentence::description::{Activation, Shape};
use crate::understanding::encode::sentence::onnx::{Attribute, Graph, Name};
use crate::understanding::encode::sentence::tensors::{Matrix, Tensors};

/// The name under which the graph asks for its weights.
const WEIGHTS: &str = "encoder.data";

/// The network, ready to run.
pub(super) struct GraphNetwork {
    model: Model,
    rows: NodeId,
    states: NodeId,
    width: usize,
    words: Matrix,
    /// Positions with the type of every token added.
    positions: Vec<f32>,
}

impl GraphNetwork {
    /// Builds the network from its weights.
    pub(super) fn load(shape: &Shape, tensors: &Tensors) -> Result<Self, EncodeError> {
        let width = shape.width;
        let words = tensors.get("embeddings.word_embeddings.weight", &[shape.rows, width])?;
        let places =
            tensors.get("embeddings.position_embeddings.weight", &[shape.positions, width])?;
        let types =
            tensors.get("embeddings.token_type_embeddings.weight", &[shape.types, width])?;
        let first_type: Vec<f32> = types.row(0).collect();
        let positions = places.values().skip(shape.first_position() * width);
        let positions = positions.zip(first_type.iter().cycle()).map(|(place, kind)| place + kind);
        let (graph, weights) = Builder { graph: Graph::new(WEIGHTS), shape, tensors }.build()?;
        let failed = |error: &dyn std::fmt::Display| EncodeError::Inference(error.to_string());
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .external_data(WEIGHTS, weights)
            .load(graph)
            .map_err(|error| failed(&error))?;
        let output = model.output_ids().first().copied();
        Ok(Self {
            rows: model.node_id("rows").map_err(|error| failed(&error))?,
            states: output.ok_or_else(|| failed(&"the graph has no output"))?,
            model,
            width,
            words,
            positions: positions.collect(),
        })
    }
}

impl Network for GraphNetwork {
    fn states(&self, ids: &[u32]) -> Result<Vec<f32>, EncodeError> {
        let size = ids.len() * self.width;
        let mut rows = self.positions.get(..size).unwrap_or_default().to_vec();
        for (id, row) in ids.iter().zip(rows.chunks_exact_mut(self.width)) {
            row.iter_mut().zip(self.words.row(*id as usize)).for_each(|(sum, value)| *sum += value);
        }
        let inputs = vec![(self.rows, input(&[ids.len(), self.width], rows)?)];
        run(&self.model, inputs, self.states, size)
    }
}

/// Builds the graph.
struct Builder<'a> {
    graph: Graph,
    shape: &'a Shape,
    tensors: &'a Tensors,
}

impl Builder<'_> {
    fn build(mut self) -> Result<(Vec<u8>, Vec<u8>), EncodeError> {
        let rows = self.graph.input("rows");
        let mut states = self.norm("embeddings.LayerNorm", &rows)?;
        for layer in 0..self.shape.layers {
            states = self.layer(&format!("encoder.layer.{layer}"), &states)?;
        }
        Ok(self.graph.finish(&states))
    }

    fn layer(&mut self, name: &str, states: &str) -> Result<Name, EncodeError> {
        let Shape { width, inner, .. } = *self.shape;
        let seen = self.attention(&format!("{name}.attention.self"), states)?;
        let seen =
            self.linear(&format!("{name}.attention.output.dense"), &seen, (width, width), 1.0)?;
        let seen = self.graph.operator("Add", &[&seen, states], &[]);
        let seen = self.norm(&format!("{name}.attention.output.LayerNorm"), &seen)?;
        let wide =
            self.linear(&format!("{name}.intermediate.dense"), &seen, (width, inner), 1.0)?;
        let wide = self.activation(&wide);
        let narrow = self.linear(&format!("{name}.output.dense"), &wide, (inner, width), 1.0)?;
        let sum = self.graph.operator("Add", &[&narrow, &seen], &[]);
        self.norm(&format!("{name}.output.LayerNorm"), &sum)
    }

    #[expect(clippy::cast_precision_loss, reason = "the width of a head is small")]
    fn attention(&mut self, name: &str, states: &str) -> Result<Name, EncodeError> {
        let width = self.shape.width;
        let head = width / self.shape.heads;
        let scale = 1.0 / (head as f32).sqrt();
        let square = (width, width);
        let asks = self.linear(&format!("{name}.query"), states, square, scale)?;
        let asks = self.heads(&asks, &[1, 0, 2]);
        let offers = self.linear(&format!("{name}.key"), states, square, 1.0)?;
        let offers = self.heads(&offers, &[1, 2, 0]);
        let gives = self.linear(&format!("{name}.value"), states, square, 1.0)?;
        let gives = self.heads(&gives, &[1, 0, 2]);
        let fit = self.graph.operator("MatMul", &[&asks, &offers], &[]);
        let share = self.graph.operator("Softmax", &[&fit], &[Attribute::Int("axis", -1)]);
        let seen = self.graph.operator("MatMul", &[&share, &gives], &[]);
        let order = [Attribute::Ints("perm", &[1, 0, 2])];
        let seen = self.graph.operator("Transpose", &[&seen], &order);
        let flat = self.graph.integers(&[-1, signed(width)]);
        Ok(self.graph.operator("Reshape", &[&seen, &flat], &[]))
    }

    /// Rows of tokens as heads, in the given order of token, head and number.
    fn heads(&mut self, rows: &str, order: &[i64]) -> Name {
        let Shape { width, heads, .. } = *self.shape;
        let split = self.graph.integers(&[-1, signed(heads), signed(width / heads)]);
        let split = self.graph.operator("Reshape", &[rows, &split], &[]);
        self.graph.operator("Transpose", &[&split], &[Attribute::Ints("perm", order)])
    }

    /// A linear layer, times `scale`.
    fn linear(
        &mut self,
        name: &str,
        rows: &str,
        (inputs, outputs): (usize, usize),
        scale: f32,
    ) -> Result<Name, EncodeError> {
        let weight = self.tensors.get(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = self.tensors.get(&format!("{name}.bias"), &[outputs])?;
        let values = transposed(&weight, inputs, outputs).into_iter().map(|value| value * scale);
        let weight = self.graph.weights(&[inputs, outputs], values);
        let bias = self.graph.weights(&[outputs], bias.values().map(|value| value * scale));
        let product = self.graph.operator("MatMul", &[rows, &weight], &[]);
        Ok(self.graph.operator("Add", &[&product, &bias], &[]))
    }

    fn norm(&mut self, name: &str, rows: &str) -> Result<Name, EncodeError> {
        let Shape { width, epsilon, .. } = *self.shape;
        let weight = self.tensors.get(&format!("{name}.weight"), &[width])?;
        let bias = self.tensors.get(&format!("{name}.bias"), &[width])?;
        let weight = self.graph.weights(&[width], weight.values());
        let bias = self.graph.weights(&[width], bias.values());
        let how = [Attribute::Int("axis", -1), Attribute::Float("epsilon", epsilon)];
        Ok(self.graph.operator("LayerNormalization", &[rows, &weight, &bias], &how))
    }

    fn activation(&mut self, rows: &str) -> Name {
        let (kind, how): (_, &[Attribute<'_>]) = match self.shape.activation {
            Activation::Gelu => ("Gelu", &[]),
            Activation::GeluTanh => ("Gelu", &[Attribute::Text("approximate", "tanh")]),
            Activation::Relu => ("Relu", &[]),
        };
        self.graph.operator(kind, &[rows], how)
    }
}

/// Outputs by inputs, as `PyTorch` keeps a linear layer, turned round.
fn transposed(weight: &Matrix, inputs: usize, outputs: usize) -> Vec<f32> {
    let mut turned = vec![0.0; inputs * outputs];
    for (output, row) in (0..outputs).map(|output| (output, weight.row(output))) {
        let column = turned.iter_mut().skip(output).step_by(outputs);
        column.zip(row).for_each(|(to, from)| *to = from);
    }
    turned
}

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
