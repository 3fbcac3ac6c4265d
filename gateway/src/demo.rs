//! `cordboard-gateway demo`: a complete centre at once, seeded through the same operations that administrators use.

mod ports;
mod seed;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    config::{CalledFrom, CallerFrom, Config, Http, InstanceSettings, Media, Sip, StoreSettings, Transport, Trunk},
    customer::{CustomerCalls, CustomerPeer},
    node::{self, Extras, Node},
};

/// The demo's instance.
pub const INSTANCE: &str = "demo";
/// The password of every demo user.
pub const PASSWORD: &str = "cordboard";
/// The number the built-in customer calls: straight to a queue, so that the desk rings at once.
const DIRECT: &str = "02165001001";

/// The demo's options.
#[derive(Debug, Clone, Args)]
pub struct DemoOptions {
    /// Where browsers and desks connect; a port that is taken moves to the next free one, 0 takes any.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Where SIP peers connect, UDP and TCP; likewise.
    #[arg(long, default_value = "127.0.0.1:5060")]
    pub sip: SocketAddr,
    /// Address for RTP.
    #[arg(long, default_value = "127.0.0.1")]
    pub rtp_ip: IpAddr,
    /// First and last UDP port for RTP.
    #[arg(long, default_value = "20000-29999", value_parser = ports::range)]
    pub rtp_ports: [u16; 2],
    /// Access key for the API, `ID:SECRET`; made and printed when left out.
    #[arg(long)]
    pub access_key: Option<String>,
    /// Where outbound calls go, `HOST:PORT`; the built-in customer when left out.
    #[arg(long)]
    pub trunk_peer: Option<String>,
    /// Keeps data in this folder; a temporary one when left out.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// A `postgres://` database instead of SQLite in the data folder.
    #[arg(long)]
    pub store: Option<String>,
    /// Media threads; 0: one for each core.
    #[arg(long, default_value_t = 0)]
    pub workers: usize,
    /// Ends when standard input does: for a program that keeps the demo as its child.
    #[arg(long)]
    pub until_input_ends: bool,
    /// Changes a setting of the instance, `NAME=VALUE`; may be given more than once.
    #[arg(long, value_parser = ports::setting)]
    pub set: Vec<(String, String)>,
}

/// A running demo.
pub struct Demo {
    /// The gateway.
    pub node: Node,
    /// For the API.
    pub access_key_id: String,
    /// For the API.
    pub access_key_secret: String,
    customer: CustomerPeer,
    /// Removed with everything in it when the demo ends.
    _temporary: Option<tempfile::TempDir>,
}

impl Demo {
    /// Ends everything.
    pub async fn stop(self) {
        self.customer.stop().await;
        self.node.stop().await;
    }
}

/// Starts a demo.
///
/// # Errors
/// What could not be started.
pub async fn start(options: &DemoOptions, metrics: PrometheusHandle) -> Result<Demo> {
    let temporary = match &options.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("cordboard-demo-").tempdir().context("no temporary folder")?),
    };
    let data = match (&options.data, &temporary) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => folder.path().to_path_buf(),
        (None, None) => anyhow::bail!("no data folder"),
    };
    let sip = ports::free_sip(options.sip)?;
    let http = ports::free_tcp(options.http)?;
    let customer = CustomerPeer::start(sip, SocketAddr::new(sip.ip(), 0)).await?;
    let outbound = options.trunk_peer.clone().unwrap_or_else(|| customer.address().to_string());
    let config = config(options, &data, http, sip, outbound);
    let store = node::open_store(&config).await?;
    let (access_key_id, access_key_secret) = seed::seed(&store, options).await?;
    let extras =
        Extras { demo: true, customer: Some(CustomerCalls::new(customer.clone(), DIRECT)), metrics: Some(metrics) };
    let node = Node::start(&config, store, extras).await?;
    Ok(Demo { node, access_key_id, access_key_secret, customer, _temporary: temporary })
}

fn config(options: &DemoOptions, data: &Path, http: SocketAddr, sip: SocketAddr, outbound: String) -> Config {
    Config {
        data: data.to_path_buf(),
        http: Http { bind: http, ..Http::default() },
        sip: Sip { udp: vec![sip], tcp: vec![sip], advertised: None },
        media: Media {
            rtp_ip: options.rtp_ip,
            rtp_ports: options.rtp_ports,
            workers: options.workers,
            ..Media::default()
        },
        store: StoreSettings { url: options.store.clone(), ..StoreSettings::default() },
        instance: vec![InstanceSettings {
            id: INSTANCE.to_owned(),
            name: "Cordboard Demo".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
        }],
        trunk: vec![Trunk {
            id: "loopback".to_owned(),
            instance: None,
            peer: Some(outbound),
            transport: Transport::Udp,
            allow: vec!["127.0.0.0/8".to_owned()],
            behind_nat: false,
            user: None,
            password: None,
            called_from: CalledFrom::RequestUri,
            caller_from: CallerFrom::From,
            number_form: crate::numbers::TrunkForm::National,
            max_calls: None,
            max_calls_per_second: None,
            options_interval_seconds: 0,
        }],
    }
}
