//! Running a graph on the thread that asks.

use std::fmt::Display;
use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::{AsView, Layout, Tensor};

use crate::understanding::encode::EncodeError;

thread_local! {
    /// A pool of one thread for each thread that encodes: activations are small, and more threads
    /// cost more than they give.
    static THREAD: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

/// An input of a graph.
pub(super) fn input(shape: &[usize], data: Vec<f32>) -> Result<ValueOrView<'static>, EncodeError> {
    Ok(Value::from_shape(shape, data).map_err(|error| failed(&error))?.into())
}

/// The numbers of one output, which must be `expected` many.
pub(super) fn run(
    model: &Model,
    inputs: Vec<(NodeId, ValueOrView<'_>)>,
    output: NodeId,
    expected: usize,
) -> Result<Vec<f32>, EncodeError> {
    let options = RunOptions::default().with_thread_pool(Some(THREAD.with(Arc::clone)));
    let [output] = model.run_n(inputs, [output], Some(options)).map_err(|error| failed(&error))?;
    let output: Tensor<f32> =
        output.try_into().map_err(|error: rten::TryFromValueError| failed(&error))?;
    if output.len() == expected {
        Ok(output.to_vec())
    } else {
        Err(EncodeError::Inference(format!("{} numbers came back", output.len())))
    }
}

fn failed(error: &dyn Display) -> EncodeError {
    EncodeError::Inference(error.to_string())
}
