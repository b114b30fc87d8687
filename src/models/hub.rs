//! Fetching a model's files from a hub laid out as Hugging Face's: `{base}/{name}/resolve/{revision}/
//! {file}`. What breaks off goes on where it stopped; what has a checksum is checked against it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, LOCATION, RANGE};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use crate::models::{ModelsError, io_at};
use crate::understanding::encode::checksum_of;

/// How long a hub may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a file is tried again after it broke off.
const TRIES: usize = 5;
/// How often a hub may send elsewhere.
const REDIRECTS: usize = 5;
/// Read at once.
const CHUNK: usize = 1 << 16;
/// The hub's own checksum of a large file; it comes with the first answer, before any redirect.
const LINKED_ETAG: &str = "x-linked-etag";

/// A model on a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where the hub is, such as `https://hub.example`.
    pub hub: String,
    /// The model's name there, such as `sentence-transformers/all-MiniLM-L6-v2`.
    pub name: String,
    /// A branch, a tag or a commit.
    pub revision: String,
}

/// A file cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The address makes no sense.
    #[error("`{0}` is no address of a hub, a model on it, or a revision")]
    Address(String),
    /// The hub has no such file.
    #[error("{url}: the hub has no such file (404)")]
    Missing {
        /// Where it should be.
        url: String,
    },
    /// The hub refuses.
    #[error("{url}: the hub answers {status}")]
    Refused {
        /// What was asked for.
        url: String,
        /// Its answer.
        status: StatusCode,
    },
    /// The line broke, and trying again did not help.
    #[error("{url}: {reason}; what came is kept, and the next `models pull` goes on from there")]
    Broken {
        /// What was asked for.
        url: String,
        /// Why.
        reason: String,
    },
    /// What came is not what the hub says it is.
    #[error("{url}: wrong checksum: {sum}, the hub says {expected}; the file was thrown away")]
    Checksum {
        /// What was asked for.
        url: String,
        /// The sum of what came.
        sum: String,
        /// What it should be.
        expected: String,
    },
}

/// Told of every file how many bytes there are, and how many there will be.
pub type Progress<'a> = &'a dyn Fn(&str, u64, Option<u64>);

/// A hub with one model.
pub(super) struct Hub<'a> {
    client: Client,
    base: Url,
    progress: Progress<'a>,
}

/// Where the download of a file stands.
enum Step {
    Done,
    BrokeOff(String),
}

impl<'a> Hub<'a> {
    pub(super) fn open(source: &Source, progress: Progress<'a>) -> Result<Self, ModelsError> {
        let Source { hub, name, revision } = source;
        let is_plain = |part: &str| {
            let is_fit = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_fit)
        };
        let address = format!("{}/{name}/resolve/{revision}/", hub.trim_end_matches('/'));
        let are_plain = name.split('/').count() <= 2 && name.split('/').all(is_plain);
        let base = Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.filter(|_| are_plain && is_plain(revision));
        let base = base.ok_or_else(|| HubError::Address(address.clone()))?;
        // answers "already there" when another part of the program was first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none()) // the first answer has the checksum
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HubError::Broken { url: base.to_string(), reason: told(&error) })?;
        Ok(Self { client, base, progress })
    }

    /// Fetches a file into `folder`, and gives the checksum against which it was checked.
    pub(super) fn fetch(&self, folder: &Path, name: &str) -> Result<Option<String>, ModelsError> {
        let url = self.base.join(name).map_err(|_| HubError::Address(name.to_owned()))?;
        let (whole, part) = (folder.join(name), folder.join(format!("{name}.part")));
        let parent = whole.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(io_at(parent))?;
        let mut expected = None;
        let mut tries = 0;
        while let Step::BrokeOff(reason) = self.go_on(&url, name, &part, &mut expected)? {
            tries += 1;
            if tries == TRIES {
                return Err(HubError::Broken { url: url.into(), reason }.into());
            }
        }
        if let Some(expected) = &expected {
            let sum = checksum_of(&part).map_err(io_at(&part))?;
            if !sum.eq_ignore_ascii_case(expected) {
                fs::remove_file(&part).map_err(io_at(&part))?;
                return Err(HubError::Checksum {
                    url: url.into(),
                    sum,
                    expected: expected.clone(),
                }
                .into());
            }
        }
        fs::rename(&part, &whole).map_err(io_at(&part))?;
        Ok(expected)
    }

    /// Fetches what is missing of a file.
    fn go_on(
        &self,
        url: &Url,
        name: &str,
        part: &Path,
        expected: &mut Option<String>,
    ) -> Result<Step, ModelsError> {
        let there = fs::metadata(part).map_or(0, |about| about.len());
        let (mut response, sum) = match self.ask(url, there) {
            Ok(answer) => answer,
            Err(error) => return Ok(Step::BrokeOff(told(&error))),
        };
        *expected = sum.or(expected.take());
        let start = match response.status() {
            StatusCode::PARTIAL_CONTENT if starts_at(response.headers(), there) => there,
            StatusCode::OK => 0, // the hub knows no ranges, or nothing is there yet
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if there > 0 => {
                return is_whole(&response, part, there);
            }
            StatusCode::NOT_FOUND => return Err(HubError::Missing { url: url.to_string() }.into()),
            status if status.is_server_error() => {
                return Ok(Step::BrokeOff(format!("the hub answers {status}")));
            }
            status => return Err(HubError::Refused { url: url.to_string(), status }.into()),
        };
        let total = response.content_length().map(|left| start + left);
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(part);
        let mut file = file.map_err(io_at(part))?;
        file.set_len(start).map_err(io_at(part))?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(start)).map_err(io_at(part))?;
        let mut done = start;
        let mut buffer = vec![0; CHUNK];
        loop {
            (self.progress)(name, done, total);
            let count = match response.read(&mut buffer) {
                Ok(0) if total.is_some_and(|total| done < total) => {
                    return Ok(Step::BrokeOff("the line broke".to_owned()));
                }
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Ok(Step::BrokeOff(told(&error))),
            };
            file.write_all(buffer.get(..count).unwrap_or_default()).map_err(io_at(part))?;
            done += count as u64;
        }
        file.sync_all().map_err(io_at(part))?;
        Ok(Step::Done)
    }

    /// Asks for a file from a place on, wherever the hub sends; with the checksum it names.
    fn ask(&self, url: &Url, start: u64) -> reqwest::Result<(Response, Option<String>)> {
        let (mut url, mut sum) = (url.clone(), None);
        for left in (0..=REDIRECTS).rev() {
            let mut request = self.client.get(url.clone());
            if start > 0 {
                request = request.header(RANGE, format!("bytes={start}-"));
            }
            let response = request.send()?;
            sum = sum.or_else(|| checksum(response.headers()));
            let to =
                response.headers().get(LOCATION).and_then(|to| url.join(to.to_str().ok()?).ok());
            match to {
                Some(to) if response.status().is_redirection() && left > 0 => url = to,
                _ => return Ok((response, sum)),
            }
        }
        self.client.get(url).send().map(|response| (response, sum))
    }
}

/// The hub has nothing after what is there: that is all, or of another file.
fn is_whole(response: &Response, part: &Path, there: u64) -> Result<Step, ModelsError> {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    if range.and_then(|range| range.rsplit('/').next()) == Some(there.to_string().as_str()) {
        return Ok(Step::Done);
    }
    File::create(part).map_err(io_at(part))?;
    Ok(Step::BrokeOff("the hub has another file of this name now".to_owned()))
}

/// The SHA-256 sum that the headers name: tags of other kinds are no such sums.
fn checksum(headers: &HeaderMap) -> Option<String> {
    let tags = [headers.get(LINKED_ETAG), headers.get(ETAG)];
    let mut tags = tags.into_iter().flatten().filter_map(|tag| tag.to_str().ok());
    let tag = tags.next()?.trim_start_matches("W/").trim_matches('"');
    let is_sum = tag.len() == 64 && tag.bytes().all(|b| b.is_ascii_hexdigit());
    is_sum.then(|| tag.to_owned())
}

/// Whether the answer begins where it should.
fn starts_at(headers: &HeaderMap, start: u64) -> bool {
    let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {start}-")))
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
