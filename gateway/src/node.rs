//! One running gateway: store, sound, signalling, the instances' centres and the doors, put together in the order
//! in which each needs the others, and taken down in the reverse.

pub mod first;
mod recover;
mod sip;

pub use sip::address as sip_address;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, Result};
use cordboard_core::{InstanceId, Number, UtcMs};
use cordboard_relay::{Relay, RelayConfig, RelayEvent};
use cordboard_sip::{SipEvent, UserAgent};
use cordboard_store::{MasterKey, Page, RecordFilter, Store};
use cordboard_wire::IceServer;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::mpsc;

use crate::{
    centre::{self, CentreHandle, Input, Parts},
    config::Config,
    customer::CustomerCalls,
    folder, housekeeping,
    http::{self, Doors, Throttle, Tickets},
    journal::JournalWriter,
    recordings::Recordings,
    shipped,
    switchboard::Switchboard,
};

/// Customers whose last contact is remembered from records at a start.
const CONTACTS: u32 = 100;

/// A running gateway.
pub struct Node {
    /// Where carriers connect, the first UDP address, else the first TCP one.
    pub sip: SocketAddr,
    centres: HashMap<String, CentreHandle>,
    user_agent: UserAgent,
    relay: Relay,
    store: Store,
    housekeeping: tokio::task::AbortHandle,
    doors: http::Serving,
}

/// What a node is started with beside its configuration.
#[derive(Default)]
pub struct Extras {
    /// Demo centres have customers and known passwords.
    pub demo: bool,
    /// Who calls in when a desk of the demo asks.
    pub customer: Option<CustomerCalls>,
    /// What `/metrics` prints.
    pub metrics: Option<PrometheusHandle>,
}

/// The store of a configuration, with the master key from the environment or its file.
///
/// # Errors
/// What cannot be opened, and what to do about it.
pub async fn open_store(config: &Config) -> Result<Store> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
    let key = match std::env::var("CORDBOARD_MASTER_KEY") {
        Ok(text) => MasterKey::from_base64(&text, "CORDBOARD_MASTER_KEY")?,
        Err(_) => MasterKey::load_or_create(&config.data.join("master.key"))?,
    };
    let url = match &config.store.url {
        Some(url) => url.clone(),
        None => config.data.join("cordboard.db").display().to_string(),
    };
    Ok(Store::open(&url, &key).await?)
}

impl Node {
    /// Starts everything. The instances must exist in the store.
    ///
    /// # Errors
    /// What could not be started; nothing is left running.
    pub async fn start(config: &Config, store: Store, extras: Extras) -> Result<Self> {
        let runtime = tokio::runtime::Handle::current();
        let bound = http::Bound::bind(&config.http).await?;
        let recordings = config.data.join("recordings");

        let folder_of_recordings = recordings.clone();
        let leftovers = tokio::task::spawn_blocking(move || recover::leftovers(&folder_of_recordings)).await?;
        let (sounds, relay_events) = mpsc::channel::<RelayEvent>(centre::QUEUE);
        let relay = Relay::start(relay_config(config, recordings.clone()), move |event| {
            // The relay's own thread, which may wait: edges are never dropped.
            let _ = sounds.blocking_send(event);
        })
        .context("cannot start the media workers")?;

        let (signals, sip_events) = mpsc::channel::<SipEvent>(centre::QUEUE);
        let user_agent = UserAgent::start(sip::config(config)?, signals).await.context("cannot start SIP")?;
        let sip = sip::address(&user_agent).context("SIP listens nowhere")?;
        let (switchboard, owners) = Switchboard::start(sip_events);

        let mut centres = HashMap::new();
        let mut inputs = Vec::new();
        let mut journals = HashMap::new();
        let mut zones = HashMap::new();
        for (index, settings) in config.instance.iter().enumerate() {
            let instance = settings.id.clone();
            let epoch = store.claim_epoch(&instance).await?;
            let (journal, health) = JournalWriter::start(store.clone(), instance.clone(), epoch, &config.data).await?;
            recover::recover(&store, &instance, epoch, &user_agent, &leftovers).await?;
            folder::start(store.clone(), instance.clone(), journal.committed());
            let (directory, surroundings) = centre::load_directory(&store, &instance, extras.demo).await?;
            let trunks: Vec<_> = config.trunk.iter().filter(|trunk| belongs(trunk, &instance)).cloned().collect();
            let parts = Parts {
                instance: InstanceId(instance.clone()),
                index: u8::try_from(index).context("at most 256 instances a node")?,
                directory,
                surroundings,
                trunks: trunks.clone(),
                sip: user_agent.clone(),
                switchboard: switchboard.clone(),
                relay: relay.clone(),
                store: store.clone(),
                journal,
                recordings: Recordings::start(store.clone(), instance.clone()),
                customer: extras.customer.clone(),
                contacts: contacts(&store, &instance).await?,
            };
            let centre = centre::spawn(parts);
            for trunk in trunks {
                owners.send((trunk.id, centre.inputs())).await.context("the switchboard has ended")?;
            }
            inputs.push(centre.inputs());
            journals.insert(instance.clone(), health);
            zones.insert(instance.clone(), settings.zone.clone());
            centres.insert(instance, centre);
        }
        runtime.spawn(bring_sounds(relay_events, inputs));
        let instances = config.instance.iter().map(|settings| settings.id.clone()).collect();
        let housekeeping = housekeeping::start(store.clone(), instances, config.store.journal_days);

        let doors = Arc::new(Doors {
            store: store.clone(),
            centres: centres.clone(),
            journals,
            recordings,
            ui: ui_folder(config),
            ice_servers: config.media.ice_servers.iter().map(ice_server).collect(),
            origins: config.http.origins.clone(),
            demo: extras.demo,
            zones,
            throttle: Throttle::default(),
            tickets: Tickets::default(),
            metrics: extras
                .metrics
                .unwrap_or_else(|| metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle()),
        });
        let doors = bound.serve(http::router(doors))?;
        Ok(Self { sip, centres, user_agent, relay, store, housekeeping, doors })
    }

    /// The doors' address as a browser takes it.
    pub fn url(&self) -> String {
        self.doors.url()
    }

    /// Hangs up all calls, says goodbye to all desks, and closes everything.
    pub async fn stop(self) {
        self.housekeeping.abort();
        for centre in self.centres.values() {
            centre.stop().await;
        }
        self.user_agent.shutdown().await;
        let relay = self.relay.clone();
        let _ = tokio::task::spawn_blocking(move || relay.stop()).await;
        self.doors.close().await;
        let _ = self.store.close().await;
    }
}

fn belongs(trunk: &crate::config::Trunk, instance: &str) -> bool {
    trunk.instance.as_deref().is_none_or(|name| name == instance)
}

/// Brings what the media workers report to the centre whose endpoint it is.
async fn bring_sounds(mut events: mpsc::Receiver<RelayEvent>, centres: Vec<mpsc::Sender<Input>>) {
    while let Some(event) = events.recv().await {
        let index = match &event {
            RelayEvent::Digit { endpoint, .. }
            | RelayEvent::PromptEnded { endpoint, .. }
            | RelayEvent::DeskConnected { endpoint }
            | RelayEvent::DeskLost { endpoint, .. }
            | RelayEvent::Silent { endpoint, .. }
            | RelayEvent::HeardAgain { endpoint } => Some(endpoint.0 >> 40),
            RelayEvent::Quality(sample) => Some(sample.endpoint.0 >> 40),
            RelayEvent::RecordingDone { .. } | RelayEvent::RecordingFailed { .. } | RelayEvent::Stopped => None,
        };
        match index {
            Some(index) => {
                if let Some(centre) = usize::try_from(index).ok().and_then(|index| centres.get(index)) {
                    let _ = centre.send(Input::Relay(event)).await;
                }
            }
            // A recording's name says its call; whose call it is, is looked up where it is noted.
            None => {
                for centre in &centres {
                    let _ = centre.send(Input::Relay(event.clone())).await;
                }
            }
        }
    }
}

fn relay_config(config: &Config, recordings: PathBuf) -> RelayConfig {
    let media = &config.media;
    RelayConfig {
        rtp_ip: media.rtp_ip,
        advertised_rtp_ip: media.rtp_advertised_ip,
        rtp_ports: media.rtp_ports[0]..=media.rtp_ports[1],
        desk_bind: media.desk_ip,
        desk_advertised: media.desk_advertised_ip,
        workers: media.workers,
        prompts: config.media.prompts.clone().unwrap_or_else(shipped::prompts),
        recordings,
    }
}

/// The built front end, as configured, else the shipped one; none: it has not been built.
fn ui_folder(config: &Config) -> Option<PathBuf> {
    let folder = config.http.ui.clone().unwrap_or_else(shipped::ui);
    folder.join("index.html").is_file().then_some(folder)
}

fn ice_server(settings: &crate::config::IceServerSettings) -> IceServer {
    IceServer {
        urls: settings.urls.clone(),
        username: settings.username.clone(),
        credential: settings.credential.clone(),
    }
}

/// When the latest customers were last in contact.
async fn contacts(store: &Store, instance: &str) -> Result<HashMap<Number, UtcMs>> {
    let mut contacts = BTreeMap::new();
    let page = Page::new(1, CONTACTS);
    for record in store.records(instance, &RecordFilter::default(), page).await?.rows {
        let customer = if record.direction == "inbound" { record.caller } else { record.called };
        let last = contacts.entry(customer).or_insert(record.started_ms);
        *last = record.started_ms.max(*last);
    }
    Ok(contacts.into_iter().map(|(number, at)| (Number(number), UtcMs(at))).collect())
}
