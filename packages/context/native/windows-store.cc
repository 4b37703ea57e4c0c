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

Napi::Value EnumCertificates(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const StoreCollection store(ReadString(info[0]));
  if (store.get() == nullptr) {
    ThrowLastError(env);
    return env.Undefined();
  }
  Napi::Array entries = Napi::Array::New(env);
  // Each call frees the context before it.
  PCCERT_CONTEXT certificate = nullptr;
  while ((certificate = CertEnumCertificatesInStore(store.get(), certificate)) != nullptr) {
    Napi::Array entry = Napi::Array::New(env, 3);
    entry.Set(0u, Napi::Buffer<unsigned char>::Copy(env, certificate->pbCertEncoded, certificate->cbCertEncoded));
    entry.Set(1u, static_cast<double>(certificate->dwCertEncodingType));
    entry.Set(2u, DescribeUsages(env, certificate));
    entries.Set(entries.Length(), entry);
  }
  return entries;
}

Napi::Value EnumCrls(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const StoreCollection store(ReadString(info[0]));
  if (store.get() == nullptr) {
    ThrowLastError(env);
    return env.Undefined();
  }
  Napi::Array entries = Napi::Array::New(env);
  PCCRL_CONTEXT crl = nullptr;
  while ((crl = CertEnumCRLsInStore(store.get(), crl)) != nullptr) {
    Napi::Array entry = Napi::Array::New(env, 2);
    entry.Set(0u, Napi::Buffer<unsigned char>::Copy(env, crl->pbCrlEncoded, crl->cbCrlEncoded));
    entry.Set(1u, static_cast<double>(crl->dwCertEncodingType));
    entries.Set(entries.Length(), entry);
  }
  return entries;
}

}  // namespace

void ExportWindowsStore(Napi::Env env, Napi::Object exports) {
  exports.Set("enumCertificates", Napi::Function::New(env, EnumCertificates, "enumCertificates"));
  exports.Set("enumCrls", Napi::Function::New(env, EnumCrls, "enumCrls"));
}

}  // namespace sslkit

#else

namespace sslkit {

void ExportWindowsStore(Napi::Env, Napi::Object) {}

}  // namespace sslkit

#endif
