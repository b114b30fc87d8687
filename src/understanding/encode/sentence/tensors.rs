//! The weights of a sentence-transformers folder, `model.safetensors`, mapped: numbers of 32 or 16
//! bits under the names that `PyTorch` gives them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::{bf16, f16};
use memmap2::Mmap;
use safetensors::tensor::{Dtype, Metadata, SafeTensors};

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::mapped::map;

/// The tensor by which the names' common beginning is found.
const TABLE: &str = "embeddings.word_embeddings.weight";

/// The file.
pub(super) struct Tensors {
    file: PathBuf,
    data: Arc<Mmap>,
    /// Where numbers begin.
    start: usize,
    metadata: Metadata,
    /// What stands before every name, such as "bert.".
    before: String,
}

/// A tensor of two or one dimensions, in the file.
pub(super) struct Matrix {
    data: Arc<Mmap>,
    start: usize,
    end: usize,
    columns: usize,
    kind: Dtype,
}

impl Tensors {
    /// Maps the file and checks that its header fits its length.
    pub(super) fn open(file: &Path) -> Result<Self, EncodeError> {
        let data = map(file)?;
        let wrong = |message: String| EncodeError::damaged(file, message);
        // checks that the header describes exactly the bytes that follow
        SafeTensors::deserialize(&data)
            .map_err(|error| wrong(format!("cut short or damaged: {error}")))?;
        let (header, metadata) =
            SafeTensors::read_metadata(&data).map_err(|error| wrong(error.to_string()))?;
        let named = metadata.tensors().into_keys().find(|name| name.ends_with(TABLE));
        let before = named.and_then(|name| name.strip_suffix(TABLE).map(str::to_owned));
        let before = before.ok_or_else(|| wrong(format!("has no tensor {TABLE}")))?;
        Ok(Self { file: file.to_owned(), data, start: header + 8, metadata, before })
    }

    fn wrong(&self, message: String) -> EncodeError {
        EncodeError::damaged(&self.file, message)
    }

    /// A tensor that must have the given shape.
    pub(super) fn get(&self, name: &str, shape: &[usize]) -> Result<Matrix, EncodeError> {
        let full = format!("{}{name}", self.before);
        // as TensorFlow named them
        let old = full.replace("LayerNorm.weight", "LayerNorm.gamma");
        let old = old.replace("LayerNorm.bias", "LayerNorm.beta");
        let info = self.metadata.info(&full).or_else(|| self.metadata.info(&old));
        let info = info.ok_or_else(|| self.wrong(format!("has no tensor {full}")))?;
        if info.shape != shape {
            let message =
                format!("{full} has the shape {:?}, config.json wants {shape:?}", info.shape);
            return Err(self.wrong(message));
        }
        if !matches!(info.dtype, Dtype::F32 | Dtype::F16 | Dtype::BF16) {
            let message =
                format!("{full} holds {:?}; this server reads F32, F16 and BF16", info.dtype);
            return Err(self.wrong(message));
        }
        Ok(Matrix {
            data: Arc::clone(&self.data),
            start: self.start + info.data_offsets.0,
            end: self.start + info.data_offsets.1,
            columns: shape.last().copied().unwrap_or(1).max(1),
            kind: info.dtype,
        })
    }
}

impl Matrix {
    /// The numbers of a row; none where there is no such row.
    pub(super) fn row(&self, at: usize) -> impl Iterator<Item = f32> {
        let bytes = self.columns * width(self.kind);
        let whole = self.data.get(self.start..self.end).unwrap_or_default();
        let row =
            at.checked_mul(bytes).and_then(|start| whole.get(start..start.checked_add(bytes)?));
        numbers(self.kind, row.unwrap_or_default())
    }

    /// All numbers, row by row.
    pub(super) fn values(&self) -> impl Iterator<Item = f32> {
        numbers(self.kind, self.data.get(self.start..self.end).unwrap_or_default())
    }
}

fn width(kind: Dtype) -> usize {
    if kind == Dtype::F32 { 4 } else { 2 }
}

fn numbers(kind: Dtype, bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.chunks_exact(width(kind)).map(move |number| match (kind, number) {
        (Dtype::F32, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
        (Dtype::F16, [a, b]) => f16::from_le_bytes([*a, *b]).to_f32(),
        (_, [a, b]) => bf16::from_le_bytes([*a, *b]).to_f32(),
        _ => f32::NAN,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn written(kind: Dtype, bytes: &[u8], shape: Vec<usize>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let view = TensorView::new(kind, shape, bytes).unwrap();
        let names = [(format!("model.{TABLE}"), &view), ("model.x.LayerNorm.gamma".into(), &view)];
        let bytes = safetensors::serialize(names, None).unwrap();
        std::fs::write(folder.path().join("m"), bytes).unwrap();
        folder
    }

    #[test]
    fn numbers_of_every_width_are_read_under_short_and_old_names() {
        let numbers = [1.0_f32, -2.5, 0.0, 4.0];
        for (kind, bytes) in [
            (Dtype::F32, numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>()),
            (Dtype::F16, numbers.iter().flat_map(|n| f16::from_f32(*n).to_le_bytes()).collect()),
            (Dtype::BF16, numbers.iter().flat_map(|n| bf16::from_f32(*n).to_le_bytes()).collect()),
        ] {
            let folder = written(kind, &bytes, vec![2, 2]);
            let tensors = Tensors::open(&folder.path().join("m")).unwrap();
            let table = tensors.get(TABLE, &[2, 2]).unwrap();
            assert_eq!(table.values().collect::<Vec<_>>(), numbers);
            assert_eq!(table.row(1).collect::<Vec<_>>(), numbers[2..]);
            assert_eq!(table.row(2).count(), 0);
            assert!(tensors.get("x.LayerNorm.weight", &[2, 2]).is_ok());
            let message = tensors.get(TABLE, &[2, 3]).err().unwrap().to_string();
            assert!(message.contains("[2, 2]") && message.contains(TABLE), "{message}");
            assert!(tensors.get("y", &[2, 2]).err().unwrap().to_string().contains("model.y"));
        }
    }

    #[test]
    fn whole_numbers_and_files_cut_short_are_refused() {
        let folder = written(Dtype::I32, &[0; 16], vec![2, 2]);
        let file = folder.path().join("m");
        let message = Tensors::open(&file).unwrap().get(TABLE, &[2, 2]).err().unwrap().to_string();
        assert!(message.contains("I32"), "{message}");
        let bytes = std::fs::read(&file).unwrap();
        for length in [0, 4, 40, bytes.len() - 1] {
            let short = folder.path().join(format!("short-{length}"));
            std::fs::write(&short, &bytes[..length]).unwrap();
            let message = Tensors::open(&short).err().unwrap().to_string();
            assert!(message.contains(&format!("short-{length}")), "{message}");
        }
    }
}
