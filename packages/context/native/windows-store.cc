#include "windows-store.h"

#if defined(_WIN32)

#include <windows.h>
// wincrypt.h comes with windows.h; its macros of the same names as OpenSSL's types are why no OpenSSL header is here.
#include <wincrypt.h>

#include <string>
#include <vector>

#include "arguments.h"

namespace sslkit {

namespace {

constexpr DWORD kLocations[] = {
    CERT_SYSTEM_STORE_LOCAL_MACHINE,
    CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE,
    CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY,
    CERT_SYSTEM_STORE_CURRENT_USER,
    CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY,
    CERT_SYSTEM_STORE_SERVICES,
    CERT_SYSTEM_STORE_USERS,
};

// All locations of a store as one, opened for reading. Owns the collection; closing it closes its members.
class StoreCollection {
 public:
  explicit StoreCollection(const std::string& name)
      : collection_(CertOpenStore(CERT_STORE_PROV_COLLECTION, 0, 0, 0, nullptr)) {
    if (collection_ == nullptr) return;
    for (const DWORD location : kLocations) {
      HCERTSTORE member =
          CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0,
                        CERT_STORE_READONLY_FLAG | CERT_STORE_OPEN_EXISTING_FLAG | location, name.c_str());
      if (member == nullptr) continue;
      if (CertAddStoreToCollection(collection_, member, 0, 0)) members_++;
      CertCloseStore(member, 0);  // the collection holds its own reference
    }
  }
  ~StoreCollection() {
    if (collection_ != nullptr) CertCloseStore(collection_, CERT_CLOSE_STORE_FORCE_FLAG);
  }
  StoreCollection(const StoreCollection&) = delete;
  StoreCollection& operator=(const StoreCollection&) = delete;

  HCERTSTORE get() const { return members_ > 0 ? collection_ : nullptr; }

 private:
  HCERTSTORE collection_;
  int members_ = 0;
};

// The OIDs that a certificate is trusted for; null where it is trusted for everything. The store's own property first,
// then what the certificate says of itself: CertGetEnhancedKeyUsage.
Napi::Value DescribeUsages(Napi::Env env, PCCERT_CONTEXT certificate) {
  for (const DWORD source :
       {DWORD{CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG}, DWORD{CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG}}) {
    DWORD size = 0;
    if (!CertGetEnhancedKeyUsage(certificate, source, nullptr, &size)) continue;
    std::vector<unsigned char> memory(size);
    auto* usage = reinterpret_cast<CERT_ENHKEY_USAGE*>(memory.data());
    if (!CertGetEnhancedKeyUsage(certificate, source, usage, &size)) continue;
    Napi::Array oids = Napi::Array::New(env);
    for (DWORD index = 0; index < usage->cUsageIdentifier; index++) {
      oids.Set(oids.Length(), usage->rgpszUsageIdentifier[index]);
    }
    return oids;
  }
  return env.Null();
}

void ThrowLastError(Napi::Env env) {
  Napi::Error error = Napi::Error::New(env, "The certificate store cannot be opened");
  error.Set("errno", static_cast<double>(GetLastError()));
  error.Set("syscall", "CertOpenStore");
  error.ThrowAsJavaScriptException();
}

struct ByteSpan {
  const BYTE* bytes;  // borrowed from the store's context
  DWORD size;
};

// What certificates and revocation lists have each a function for: the next of a store, which frees the one before it;
// its DER; what its entry has beside that and the encoding.
PCCERT_CONTEXT FindNext(HCERTSTORE store, PCCERT_CONTEXT previous) {
  return CertEnumCertificatesInStore(store, previous);
}
PCCRL_CONTEXT FindNext(HCERTSTORE store, PCCRL_CONTEXT previous) { return CertEnumCRLsInStore(store, previous); }

ByteSpan DerOf(PCCERT_CONTEXT certificate) { return {certificate->pbCertEncoded, certificate->cbCertEncoded}; }
ByteSpan DerOf(PCCRL_CONTEXT crl) { return {crl->pbCrlEncoded, crl->cbCrlEncoded}; }

void AddUsages(Napi::Array entry, PCCERT_CONTEXT certificate) {
  entry.Set(2u, DescribeUsages(entry.Env(), certificate));
}
void AddUsages(Napi::Array, PCCRL_CONTEXT) {}

// A function of a store's name that lists all of one kind in it.
template <typename Context>
Napi::Value Enumerate(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const StoreCollection store(ReadString(info[0]));
  if (store.get() == nullptr) {
    ThrowLastError(env);
    return env.Undefined();
  }
  Napi::Array entries = Napi::Array::New(env);
  Context context = nullptr;
  while ((context = FindNext(store.get(), context)) != nullptr) {
    Napi::Array entry = Napi::Array::New(env);
    const ByteSpan der = DerOf(context);
    entry.Set(0u, Napi::Buffer<unsigned char>::Copy(env, der.bytes, der.size));
    entry.Set(1u, static_cast<double>(context->dwCertEncodingType));
    AddUsages(entry, context);
    entries.Set(entries.Length(), entry);
  }
  return entries;
}

}  // namespace

void ExportWindowsStore(Napi::Env env, Napi::Object exports) {
  exports.Set("enumCertificates", Napi::Function::New(env, Enumerate<PCCERT_CONTEXT>, "enumCertificates"));
  exports.Set("enumCrls", Napi::Function::New(env, Enumerate<PCCRL_CONTEXT>, "enumCrls"));
}

}  // namespace sslkit

#else

namespace sslkit {

void ExportWindowsStore(Napi::Env, Napi::Object) {}

}  // namespace sslkit

#endif
