//! Windows tells through `IMMNotificationClient`, on a thread of its own.

use std::sync::Mutex;
use std::sync::mpsc::{Sender, SyncSender, sync_channel};

use windows::Win32::Foundation::PROPERTYKEY;
use windows::Win32::Media::Audio::{
    DEVICE_STATE, EDataFlow, ERole, IMMDeviceEnumerator, IMMNotificationClient, IMMNotificationClient_Impl,
    MMDeviceEnumerator,
};
use windows::Win32::System::Com::{CLSCTX_ALL, COINIT_MULTITHREADED, CoCreateInstance, CoInitializeEx, CoUninitialize};
use windows::core::{PCWSTR, Result, implement};

use super::{Notice, Order, tell};

/// Listens until it is dropped.
#[derive(Debug)]
pub(in super::super) struct Notices {
    /// Its end tells the thread to stop.
    _stop: SyncSender<()>,
}

impl Notices {
    pub(in super::super) fn start(orders: Sender<Order>) -> Notices {
        let (stop, stopped) = sync_channel::<()>(1);
        let thread = std::thread::Builder::new().name("sound notices".to_owned()).spawn(move || {
            // The thread's life is the registration's: until the other end is gone.
            let listened = listening(orders, || {
                let _ = stopped.recv();
            });
            if let Err(error) = listened {
                tracing::warn!(%error, "changes of sound devices are noticed late");
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "changes of sound devices are noticed late");
        }
        Notices { _stop: stop }
    }
}

fn listening(orders: Sender<Order>, until_stopped: impl FnOnce()) -> Result<()> {
    // SAFETY: this thread enters the apartment before it uses COM and leaves it after its last interface is gone.
    unsafe { CoInitializeEx(None, COINIT_MULTITHREADED).ok()? };
    let listened = (|| {
        // SAFETY: the class and the interface belong together, and the apartment is entered.
        let enumerator: IMMDeviceEnumerator = unsafe { CoCreateInstance(&MMDeviceEnumerator, None, CLSCTX_ALL)? };
        let client: IMMNotificationClient = Client { orders: Mutex::new(orders) }.into();
        // SAFETY: the client outlives its registration, which ends two lines on.
        unsafe { enumerator.RegisterEndpointNotificationCallback(&client)? };
        until_stopped();
        // SAFETY: it was registered above, with the same enumerator.
        unsafe { enumerator.UnregisterEndpointNotificationCallback(&client) }
    })();
    // SAFETY: entered above, on this thread.
    unsafe { CoUninitialize() };
    listened
}

/// Called by Windows on its own threads, and must not wait.
#[implement(IMMNotificationClient)]
struct Client {
    orders: Mutex<Sender<Order>>,
}

impl Client {
    fn tell(&self) -> Result<()> {
        if let Ok(orders) = self.orders.lock() {
            tell(&orders, Notice::default());
        }
        Ok(())
    }
}

#[allow(non_snake_case)]
impl IMMNotificationClient_Impl for Client_Impl {
    fn OnDeviceStateChanged(&self, _device: &PCWSTR, _state: DEVICE_STATE) -> Result<()> {
        self.tell()
    }

    fn OnDeviceAdded(&self, _device: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnDeviceRemoved(&self, _device: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnDefaultDeviceChanged(&self, _flow: EDataFlow, _role: ERole, _device: &PCWSTR) -> Result<()> {
        self.tell()
    }

    fn OnPropertyValueChanged(&self, _device: &PCWSTR, key: &PROPERTYKEY) -> Result<()> {
        // PKEY_AudioEngine_DeviceFormat: the rate. Others are names and volumes, which change all the time.
        const DEVICE_FORMAT: u128 = 0xf19f064d_082c_4e27_bc73_6882a1bb8e4c;
        if key.fmtid.to_u128() == DEVICE_FORMAT { self.tell() } else { Ok(()) }
    }
}
