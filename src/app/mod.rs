//! Puts the parts together, runs them, and stops them in order: sockets are told, turns are
//! finished, the log is closed last.

mod failure;
mod meaning;
mod secret;
mod server;

pub use failure::{StartError, StopError};
pub use server::{Running, start};

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Encoder, Handoff, Settings, SettingsError, remote_name};
use crate::dialogue::learned::{LearnedPolicy, PolicyFileError};
use crate::dialogue::{CostCase, Experiment, Strategies, Strategy, Thresholds};
use crate::handoff::{Timing, Weights};
use crate::understanding::encode::{
    EncodeError, Encoders, Encoding, KeptVectors, Origin, PoolSize, Remembered, RemoteOptions,
};

/// The file of vectors in the data folder, and in that of the knowledge.
pub const VECTORS: &str = "vectors.bin";

/// Threads that wait for an endpoint, unless the settings say otherwise.
const REMOTE_THREADS: usize = 8;

/// The encoders of the settings, with the vectors kept in the data folder; nothing where they are
/// switched off.
pub fn encoding(settings: &Settings) -> Result<Option<Encoding>, EncodeError> {
    encoding_in(settings, kept_vectors(settings))
}

/// The encoders of the settings with the vectors of `kept`.
pub fn encoding_in(
    settings: &Settings,
    kept: KeptVectors,
) -> Result<Option<Encoding>, EncodeError> {
    encoding_of(settings, kept, encoders)
}

/// The encoders of the settings; what they read is looked up in `remembered` first, and added to it.
pub fn encoding_that_remembers(
    settings: &Settings,
    remembered: &Arc<Remembered>,
) -> Result<Option<Encoding>, EncodeError> {
    encoding_of(settings, kept_vectors(settings), |settings| {
        Ok(remembered.before(&encoders(settings)?))
    })
}

fn kept_vectors(settings: &Settings) -> KeptVectors {
    KeptVectors::open(settings.server.data.join(VECTORS))
        .beside(settings.server.intents.join(VECTORS))
}

/// Loads the encoders where they are switched on, and starts their threads, as many as the settings say.
fn encoding_of(
    settings: &Settings,
    kept: KeptVectors,
    load: impl FnOnce(&Settings) -> Result<Encoders, EncodeError>,
) -> Result<Option<Encoding>, EncodeError> {
    if !settings.encoder.enabled {
        return Ok(None);
    }
    let encoders = load(settings)?;
    let encoder = &settings.encoder;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let usual = if encoder.is_remote() { REMOTE_THREADS.max(cores / 2) } else { cores / 2 };
    let size = PoolSize {
        threads: encoder.threads.unwrap_or(usual).max(1),
        waiting: encoder.waiting,
        patience: Duration::from_millis(encoder.patience_ms),
    };
    let started = Encoding::start(encoders, size, kept);
    started.map(Some).map_err(|error| EncodeError::Inference(error.to_string()))
}

/// The encoders that the settings name, whether they are switched on or not.
pub fn encoders(settings: &Settings) -> Result<Encoders, EncodeError> {
    let Encoder { multilingual, english, .. } = &settings.encoder;
    let multilingual = origin(&settings.encoder, multilingual)?;
    let english = Some(english).filter(|name| !name.is_empty());
    let english = english.map(|name| origin(&settings.encoder, name)).transpose()?;
    Encoders::load(&multilingual, english.as_ref())
}

/// Where the encoder comes from that the settings call `name`.
fn origin(encoder: &Encoder, name: &str) -> Result<Origin, EncodeError> {
    let Some(model) = remote_name(name) else {
        return Ok(Origin::Folder(encoder.models.join(name)));
    };
    let remote = &encoder.remote;
    let url = remote.url.clone().unwrap_or_default();
    let unset = |error: SettingsError| EncodeError::Remote {
        model: model.to_owned(),
        url: url.clone(),
        reason: error.to_string(),
    };
    Ok(Origin::Remote(RemoteOptions {
        key: remote.secret().map_err(unset)?,
        url,
        model: model.to_owned(),
        prefix: remote.prefix.clone(),
        dimensions: remote.dimensions,
        timeout: remote.timeout(),
    }))
}

/// Whether the encoders of the settings are there; loading them checks everything.
fn check_encoders(settings: &Settings) -> Result<(), EncodeError> {
    let encoder = &settings.encoder;
    let named = [&encoder.multilingual, &encoder.english].into_iter();
    let mut used = named.filter(|name| encoder.enabled && !name.is_empty());
    used.try_for_each(|name| origin(encoder, name)?.check())
}

/// The dialogue's thresholds in the settings.
pub fn thresholds(settings: &Settings) -> Thresholds {
    let dialogue = &settings.dialogue;
    Thresholds {
        answer_at: dialogue.answer_at(),
        suggest_at: dialogue.suggest_at(),
        offer_at: dialogue.offer_at(),
        smalltalk_at: dialogue.smalltalk_at(),
        urgent_at: dialogue.urgent_at(),
    }
}

/// By what the settings want it decided.
pub fn strategy(settings: &Settings) -> Result<Strategy, PolicyFileError> {
    let file = settings.dialogue.policy.as_deref();
    let learned = file.map(|file| LearnedPolicy::read(file).map(Arc::new)).transpose()?;
    Ok(Strategy { learned, ..rules(settings) })
}

/// By what an experiment of the settings wants it decided; nothing where there is none.
pub fn trial(settings: &Settings) -> Result<Option<Experiment>, PolicyFileError> {
    let tried = &settings.dialogue.experiment;
    let Some(name) = tried.name.clone() else { return Ok(None) };
    let learned = tried.policy.as_deref();
    let learned = learned.map(|file| LearnedPolicy::read(file).map(Arc::new)).transpose()?;
    let strategy = Strategy { learned, ..rules(&tried.on(settings)) };
    Ok(Some(Experiment { name, share: f64::from(tried.share), trial: Arc::new(strategy) }))
}

/// The strategies of the server. Where a learned policy cannot be read, the rules decide, and nothing is
/// tried; the log says so.
fn strategies(settings: &Settings) -> Strategies {
    let usual = strategy(settings).unwrap_or_else(|error| {
        tracing::error!(%error, "the learned policy is not used: the rules decide");
        rules(settings)
    });
    let experiment = trial(settings).unwrap_or_else(|error| {
        tracing::error!(%error, "the experiment does not run");
        None
    });
    Strategies { experiment, ..Strategies::of(usual) }
}

/// The rules of the settings, without what was learned.
pub fn rules(settings: &Settings) -> Strategy {
    let dialogue = &settings.dialogue;
    let costs = dialogue.usual();
    let cases = dialogue.costs.iter().map(|of| CostCase {
        segment: of.segment.clone(),
        urgency: of.urgency,
        costs: of.beside(costs),
    });
    Strategy { costs, usual: thresholds(settings), cases: cases.collect(), learned: None }
}

fn weights(handoff: &Handoff) -> Weights {
    Weights {
        urgent: handoff.urgent_minutes,
        high: handoff.high_minutes,
        normal: handoff.normal_minutes,
        upset: handoff.upset_minutes,
        vip: handoff.vip_minutes,
        valued: handoff.valued_minutes,
        returned: handoff.returned_minutes,
        lead: handoff.lead_minutes,
    }
}

fn timing(handoff: &Handoff) -> Timing {
    Timing {
        offers: handoff.offers,
        offer: Duration::from_secs(handoff.offer_seconds),
        lapse: Duration::from_secs(handoff.lapse_seconds),
        give_back: Duration::from_secs(handoff.give_back_seconds),
        sticky: Duration::from_secs(handoff.sticky_seconds),
        declined: Duration::from_secs(handoff.declined_seconds),
    }
}
