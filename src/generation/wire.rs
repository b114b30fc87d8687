//! The answer of a chat completion as it comes in: server-sent events with one JSON object each, the
//! last one `[DONE]`; or, from a server that does not stream, one JSON object.

use serde_json::Value;

/// Most bytes of a line.
const LONGEST_LINE: usize = 64 * 1024;

/// What came in is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    /// It does not keep to the protocol.
    #[error("the answer makes no sense")]
    Malformed,
    /// It does not end where answers do.
    #[error("the answer is too long")]
    TooLong,
}

/// Reads an answer.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: Vec<u8>,
    is_done: bool,
}

impl Reader {
    /// Takes the next bytes; gives what the model wrote in them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<String, WireError> {
        let mut written = String::new();
        for byte in bytes {
            if self.is_done {
                break;
            }
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                written.push_str(&self.take(&line)?);
            } else if self.line.len() >= LONGEST_LINE {
                return Err(WireError::TooLong);
            } else {
                self.line.push(*byte);
            }
        }
        Ok(written)
    }

    /// Whether the answer is whole.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// What is left when the line is closed; nothing may be missing.
    pub(super) fn finish(mut self) -> Result<String, WireError> {
        let line = std::mem::take(&mut self.line);
        let written = if self.is_done { String::new() } else { self.take(&line)? };
        if self.is_done { Ok(written) } else { Err(WireError::Malformed) }
    }

    fn take(&mut self, line: &[u8]) -> Result<String, WireError> {
        let line = std::str::from_utf8(line).map_err(|_| WireError::Malformed)?.trim();
        // a comment keeps the line open, and the names of events say nothing here
        let is_silent = ["event:", "id:", "retry:", ":"].iter().any(|name| line.starts_with(name));
        if line.is_empty() || is_silent {
            return Ok(String::new());
        }
        let data = line.strip_prefix("data:").map_or(line, str::trim);
        if data == "[DONE]" {
            self.is_done = true;
            return Ok(String::new());
        }
        let json: Value = serde_json::from_str(data).map_err(|_| WireError::Malformed)?;
        let choices = json.get("choices").and_then(Value::as_array).ok_or(WireError::Malformed)?;
        // what was used is told at the end, with no choice
        let Some(choice) = choices.first() else { return Ok(String::new()) };
        let whole = choice.get("message");
        let part = whole.or_else(|| choice.get("delta")).ok_or(WireError::Malformed)?;
        let written = part.get("content").and_then(Value::as_str).unwrap_or_default().to_owned();
        match choice.get("finish_reason").and_then(Value::as_str) {
            None => self.is_done |= whole.is_some(),
            Some("stop") => self.is_done = true,
            // an answer that was cut is none, and nothing else than words was asked for
            Some("length") => return Err(WireError::TooLong),
            Some(_) => return Err(WireError::Malformed),
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pieces: &[&[u8]]) -> Result<String, WireError> {
        let (mut reader, mut whole) = (Reader::default(), String::new());
        for piece in pieces {
            whole.push_str(&reader.push(piece)?);
        }
        whole.push_str(&reader.finish()?);
        Ok(whole)
    }

    const FIRST: &[u8] =
        b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"Thirty \"}}]}\n\n";
    const SECOND: &[u8] =
        "data: {\"choices\":[{\"delta\":{\"content\":\"days 天\"},\"finish_reason\":null}]}\r\n\n"
            .as_bytes();
    const USED: &[u8] = b"data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n";

    #[test]
    fn an_answer_is_the_same_however_it_is_cut() {
        let all = [FIRST, b": ping\n", SECOND, USED, b"data: [DONE]\n\n"].concat();
        for size in [1, 2, 7, all.len()] {
            let pieces: Vec<&[u8]> = all.chunks(size).collect();
            assert_eq!(told(&pieces).unwrap(), "Thirty days 天");
        }
        let stop = b"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n";
        assert_eq!(told(&[FIRST, stop]).unwrap(), "Thirty ");
        let whole =
            b"{\"choices\":[{\"message\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}";
        assert_eq!(told(&[whole]).unwrap(), "Yes.");
    }

    #[test]
    fn what_is_cut_short_or_makes_no_sense_is_no_answer() {
        let ends = |reason: &str| {
            format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n")
        };
        let (length, tool) = (ends("length"), ends("tool_calls"));
        for (pieces, error) in [
            (vec![FIRST, SECOND], WireError::Malformed),
            (vec![FIRST, b"data: {\"choices\"\n".as_slice()], WireError::Malformed),
            (vec![b"<html>busy</html>\n".as_slice()], WireError::Malformed),
            (vec![b"data: {\"error\": {\"message\": \"x\"}}\n".as_slice()], WireError::Malformed),
            (vec![b"data: \xff\xfe\n".as_slice()], WireError::Malformed),
            (vec![length.as_bytes()], WireError::TooLong),
            (vec![tool.as_bytes()], WireError::Malformed),
        ] {
            assert_eq!(told(&pieces), Err(error));
        }
        assert_eq!(told(&[]), Err(WireError::Malformed));
        assert_eq!(told(&[&vec![b'x'; LONGEST_LINE + 1]]), Err(WireError::TooLong));
    }
}
