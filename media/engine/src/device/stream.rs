//! One open stream of a device: made here, run by the system, ended aside.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig};
use rtrb::RingBuffer;

use super::callback::{CaptureTap, PlaybackTap};
use super::choice::SoundDevice;
use super::connections::Lease;
use super::host::{DeviceError, Found, OPENING_LIMIT};
use super::keeper::Order;
use super::microphone::Microphone;
use super::speaker::Speaker;
use super::watch::StreamWatch;

/// Blocks a second: a microphone's of 10 ms, of which PulseAudio gives halves, and a loudspeaker's of 5, of which it keeps
/// two.
const CAPTURED_A_SECOND: u32 = 100;
const PLAYED_A_SECOND: u32 = 200;
/// Half a second of sound fits a ring; further behind, nobody wants to hear it.
const RINGS_A_SECOND: usize = 2;

/// A stream that runs; dropping it closes it.
pub(super) struct OpenStream {
    pub device: SoundDevice,
    pub rate_hz: u32,
    /// Tells it from others in the keeper's books.
    pub serial: u64,
    pub opened: Instant,
    pub watch: Arc<StreamWatch>,
    stream: Option<Arc<cpal::Stream>>,
    lease: Lease,
}

/// Opens a microphone.
pub(super) fn open_capture(
    found: &Found,
    serial: u64,
    orders: &Sender<Order>,
) -> Result<(OpenStream, Microphone), DeviceError> {
    let config = found.handle.default_input_config().map_err(|error| DeviceError::unopened(&found.device, &error))?;
    let rate_hz = config.sample_rate();
    let watch = Arc::new(StreamWatch::new());
    let ring = RingBuffer::new(rate_hz as usize / RINGS_A_SECOND);
    let microphone = Microphone::new(ring.1, Arc::clone(&watch), rate_hz)
        .map_err(|error| DeviceError::unusable(&found.device, error))?;
    let tap = CaptureTap { ring: ring.0, watch: Arc::clone(&watch), channels: usize::from(config.channels()) };
    let stream = match config.sample_format() {
        SampleFormat::F32 => capture::<f32>(found, config, tap, serial, orders),
        SampleFormat::I16 => capture::<i16>(found, config, tap, serial, orders),
        SampleFormat::I32 => capture::<i32>(found, config, tap, serial, orders),
        SampleFormat::I24 => capture::<cpal::I24>(found, config, tap, serial, orders),
        SampleFormat::U8 => capture::<u8>(found, config, tap, serial, orders),
        other => return Err(DeviceError::unusable(&found.device, format_args!("its samples are {other}"))),
    }?;
    Ok((OpenStream::start(found, rate_hz, serial, watch, stream, orders)?, microphone))
}

/// Opens a loudspeaker.
pub(super) fn open_playback(
    found: &Found,
    serial: u64,
    orders: &Sender<Order>,
) -> Result<(OpenStream, Speaker), DeviceError> {
    let config = found.handle.default_output_config().map_err(|error| DeviceError::unopened(&found.device, &error))?;
    let rate_hz = config.sample_rate();
    let watch = Arc::new(StreamWatch::new());
    let reserve = Arc::new(AtomicUsize::new(rate_hz as usize / 100));
    let ring = RingBuffer::new(rate_hz as usize / RINGS_A_SECOND);
    let speaker = Speaker::new(ring.0, Arc::clone(&watch), Arc::clone(&reserve), rate_hz)
        .map_err(|error| DeviceError::unusable(&found.device, error))?;
    let channels = usize::from(config.channels());
    let tap = PlaybackTap { ring: ring.1, watch: Arc::clone(&watch), channels, reserve, flowing: false, last: 0 };
    let stream = match config.sample_format() {
        SampleFormat::F32 => playback::<f32>(found, config, tap, serial, orders),
        SampleFormat::I16 => playback::<i16>(found, config, tap, serial, orders),
        SampleFormat::I32 => playback::<i32>(found, config, tap, serial, orders),
        SampleFormat::I24 => playback::<cpal::I24>(found, config, tap, serial, orders),
        SampleFormat::U8 => playback::<u8>(found, config, tap, serial, orders),
        other => return Err(DeviceError::unusable(&found.device, format_args!("its samples are {other}"))),
    }?;
    Ok((OpenStream::start(found, rate_hz, serial, watch, stream, orders)?, speaker))
}

fn capture<T: SizedSample + Send + 'static>(
    found: &Found,
    config: SupportedStreamConfig,
    mut tap: CaptureTap,
    serial: u64,
    orders: &Sender<Order>,
) -> Result<cpal::Stream, DeviceError>
where
    f32: FromSample<T>,
{
    let (channels, rate_hz) = (usize::from(config.channels()).max(1), config.sample_rate());
    found
        .handle
        .build_input_stream(
            fixed(config, CAPTURED_A_SECOND),
            move |block: &[T], info: &cpal::InputCallbackInfo| {
                let stamp = info.timestamp();
                let of_first = stamp.callback.checked_duration_since(stamp.capture).unwrap_or_default();
                // What has waited longest is first; what matters is how old the newest is.
                tap.take(block, of_first.saturating_sub(lasts(block.len() / channels, rate_hz)));
            },
            on_error(serial, orders),
            Some(OPENING_LIMIT),
        )
        .map_err(|error| DeviceError::unopened(&found.device, &error))
}

fn playback<T: SizedSample + FromSample<i16> + Send + 'static>(
    found: &Found,
    config: SupportedStreamConfig,
    mut tap: PlaybackTap,
    serial: u64,
    orders: &Sender<Order>,
) -> Result<cpal::Stream, DeviceError> {
    found
        .handle
        .build_output_stream(
            fixed(config, PLAYED_A_SECOND),
            move |block: &mut [T], info: &cpal::OutputCallbackInfo| {
                let stamp = info.timestamp();
                tap.fill(block, stamp.playback.checked_duration_since(stamp.callback).unwrap_or_default());
            },
            on_error(serial, orders),
            Some(OPENING_LIMIT),
        )
        .map_err(|error| DeviceError::unopened(&found.device, &error))
}

/// Blocks of a fixed length: left to itself, PulseAudio gathers two seconds.
fn fixed(config: SupportedStreamConfig, blocks_a_second: u32) -> StreamConfig {
    let frames = config.sample_rate() / blocks_a_second;
    let buffer_size = match config.buffer_size() {
        cpal::SupportedBufferSize::Range { min, max } => cpal::BufferSize::Fixed(frames.clamp(*min, *max)),
        cpal::SupportedBufferSize::Unknown => cpal::BufferSize::Fixed(frames),
    };
    StreamConfig { buffer_size, ..config.config() }
}

fn lasts(frames: usize, rate_hz: u32) -> Duration {
    Duration::from_micros(frames as u64 * 1_000_000 / u64::from(rate_hz.max(1)))
}

/// Runs on a thread of the sound system's, but never beside samples.
fn on_error(serial: u64, orders: &Sender<Order>) -> impl FnMut(cpal::Error) + Send + 'static {
    let orders = orders.clone();
    move |error| match error.kind() {
        // The stream goes on.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
            tracing::debug!(%error, "a sound stream stumbled");
        }
        _ => {
            let _ = orders.send(Order::Broken { serial, reason: error.to_string() });
        }
    }
}

impl OpenStream {
    fn start(
        found: &Found,
        rate_hz: u32,
        serial: u64,
        watch: Arc<StreamWatch>,
        stream: cpal::Stream,
        orders: &Sender<Order>,
    ) -> Result<OpenStream, DeviceError> {
        let stream = Arc::new(stream);
        let (starting, orders) = (Arc::clone(&stream), orders.clone());
        // A microphone's start waits for its first sound, which may never come.
        aside("sound start", move || {
            if let Err(error) = starting.play() {
                let _ = orders.send(Order::Broken { serial, reason: error.to_string() });
            }
        })
        .map_err(DeviceError::NoThread)?;
        let device = found.device.clone();
        Ok(OpenStream {
            device,
            rate_hz,
            serial,
            opened: Instant::now(),
            watch,
            stream: Some(stream),
            lease: Lease::default(),
        })
    }

    /// Keeps the connection that the stream plays on from others until it is closed.
    pub(super) fn leasing(mut self, lease: Lease) -> OpenStream {
        self.lease = lease;
        self
    }

    /// Returns how long no callback has come.
    pub(super) fn silent_for(&self, now: Instant) -> Duration {
        let since = self.watch.last_called().map_or(self.opened, |called| called.max(self.opened));
        now.saturating_duration_since(since)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        let lease = std::mem::take(&mut self.lease);
        // Closing waits for the system's threads, and those of a PulseAudio stream that lost its device never end.
        let close = move || {
            drop(stream);
            drop(lease);
        };
        if let Err(error) = aside("sound end", close) {
            tracing::error!(error, "a sound stream could not be closed");
        }
    }
}

fn aside(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(|error| error.to_string())
}

/// Samples a loudspeaker gathers before it goes on after running dry.
pub(super) fn set_reserve(reserve: &AtomicUsize, samples: usize) {
    reserve.store(samples, Ordering::Relaxed);
}
