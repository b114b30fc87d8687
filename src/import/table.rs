//! Files of rows, whatever they are written in: every row as its fields by name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader as _};
use serde_json::Value;

use crate::import::ImportError;

/// Most bytes of a file.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Between several texts in one cell.
const SEPARATORS: [char; 2] = ['|', '\n'];

/// A row: its line, and what stands in its fields. Names of fields are in lower case, without marks.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) line: usize,
    fields: BTreeMap<String, Vec<String>>,
}

impl Row {
    /// What stands in the first of `names` that is not empty.
    pub(super) fn text(&self, names: &[&str]) -> Option<&str> {
        self.texts(names).first().map(String::as_str)
    }

    /// All that stands in the first of `names` that is not empty.
    pub(super) fn texts(&self, names: &[&str]) -> &[String] {
        let found = names.iter().find_map(|name| self.fields.get(*name));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// The same in one cell: cut where `|` or a line break stands.
    pub(super) fn list(&self, names: &[&str]) -> Vec<String> {
        let cells = self.texts(names).iter();
        let texts = cells.flat_map(|cell| cell.split(SEPARATORS)).map(str::trim);
        texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    fn set(&mut self, name: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.fields.entry(plain(name)).or_default().push(text.to_owned());
        }
    }
}

/// A field's name without case, blanks and marks: `Similar questions` is `similarquestions`.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Reads the rows of a file, by the end of its name: `csv`, `tsv`, `jsonl`, `xlsx`, `xls` or `ods`.
pub(super) fn read(file: &Path) -> Result<Vec<Row>, ImportError> {
    let wrong = |message: String| ImportError::Format { file: file.to_owned(), message };
    let unreadable = |source| ImportError::File { file: file.to_owned(), source };
    if fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(wrong("is larger than 64 MiB".to_owned()));
    }
    let end = file.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
    if matches!(end.as_str(), "xlsx" | "xls" | "ods") {
        return workbook(file).map_err(|error| wrong(error.to_string()));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| wrong("is not UTF-8; save it as UTF-8 and try again".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match end.as_str() {
        "csv" => separated(file, text, b','),
        "tsv" => separated(file, text, b'\t'),
        "jsonl" | "ndjson" => lines_of_json(file, text),
        _ => Err(wrong("is none of .csv, .tsv, .jsonl, .xlsx, .xls, .ods".to_owned())),
    }
}

fn separated(file: &Path, text: &str, separator: u8) -> Result<Vec<Row>, ImportError> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        ImportError::Row { file: file.to_owned(), line, message: error.to_string() }
    };
    let names = reader.headers().map_err(wrong)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Row { line: usize::try_from(line).unwrap_or_default(), ..Row::default() };
        names.iter().zip(&record).for_each(|(name, cell)| row.set(name, cell));
        rows.push(row);
    }
    Ok(rows)
}

fn lines_of_json(file: &Path, text: &str) -> Result<Vec<Row>, ImportError> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.map(|(line, json)| {
        let wrong = |message: String| ImportError::Row { file: file.to_owned(), line, message };
        let value: Value = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
        let fields = value.as_object().ok_or_else(|| wrong("is no JSON object".to_owned()))?;
        let mut row = Row { line, ..Row::default() };
        for (name, value) in fields {
            match value {
                Value::String(text) => row.set(name, text),
                Value::Number(number) => row.set(name, &number.to_string()),
                Value::Array(texts) => {
                    texts.iter().filter_map(Value::as_str).for_each(|text| row.set(name, text));
                }
                Value::Null | Value::Bool(_) | Value::Object(_) => {}
            }
        }
        Ok(row)
    });
    rows.collect()
}

/// The first sheet of a workbook that has rows; its first row names the fields.
fn workbook(file: &Path) -> Result<Vec<Row>, calamine::Error> {
    let mut workbook = calamine::open_workbook_auto(file)?;
    let sheets = workbook.worksheets();
    let Some((_, sheet)) = sheets.into_iter().find(|(_, sheet)| sheet.height() > 1) else {
        return Ok(vec![]);
    };
    let first = sheet.start().map_or(0, |(row, _)| row as usize);
    let mut rows = sheet.rows();
    let names: Vec<String> = rows.next().unwrap_or_default().iter().map(Data::to_string).collect();
    let rows = (first + 2..).zip(rows).map(|(line, cells)| {
        let mut row = Row { line, ..Row::default() };
        names.iter().zip(cells).for_each(|(name, cell)| row.set(name, &cell.to_string()));
        row
    });
    Ok(rows.collect())
}
