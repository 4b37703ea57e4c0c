#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "../arguments.h"
#include "../error-queue.h"
#include "../late-bound.h"
#include "ssl-context.h"

namespace sslkit {

// setEcdhCurve(short name): false where the name is unknown; SSL_CTX_set1_groups(3).
Napi::Value SslContext::SetEcdhCurve(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const int nid = OBJ_sn2nid(ReadString(info[0]).c_str());
  if (nid == NID_undef) return Napi::Boolean::New(info.Env(), false);
  int groups[] = {nid};
  if (SSL_CTX_set1_groups(ctx_.get(), groups, 1) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

// setGroups(list)
Napi::Value SslContext::SetGroups(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  std::string list = ReadString(info[0]);
  if (SSL_CTX_set1_groups_list(ctx_.get(), list.data()) != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

// getGroups(aliases): names of the groups that this context can use, in OpenSSL's order.
Napi::Value SslContext::GetGroups(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  if (!GetLateBound().has_implemented_groups) return info.Env().Null();
  // SSL_CTX_get0_implemented_groups is a macro over this control command in OpenSSL 3.5's ssl.h.
  constexpr int kGetImplementedGroups = 139;
  const long all = ReadBoolean(info[0]) ? 1 : 0;
  STACK_OF(OPENSSL_CSTRING)* names = sk_OPENSSL_CSTRING_new_null();
  if (SSL_CTX_ctrl(ctx_.get(), kGetImplementedGroups, all, names) != 1) {
    sk_OPENSSL_CSTRING_free(names);
    return Failure(info.Env());
  }
  const int count = sk_OPENSSL_CSTRING_num(names);
  Napi::Array list = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (int index = 0; index < count; index++) {
    list.Set(static_cast<uint32_t>(index), sk_OPENSSL_CSTRING_value(names, index));
  }
  sk_OPENSSL_CSTRING_free(names);  // the strings stay OpenSSL's
  return list;
}

// setSignatureAlgorithms(list, clientCertificates): SSL_CTX_set1_sigalgs_list(3).
Napi::Value SslContext::SetSignatureAlgorithms(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const std::string list = ReadString(info[0]);
  const long done = ReadBoolean(info[1]) ? SSL_CTX_set1_client_sigalgs_list(ctx_.get(), list.c_str())
                                         : SSL_CTX_set1_sigalgs_list(ctx_.get(), list.c_str());
  if (done != 1) return Failure(info.Env());
  return info.Env().Undefined();
}

// builtinSignatureAlgorithms(): names, or null where this OpenSSL cannot tell: SSL_get1_builtin_sigalgs(3).
Napi::Value BuiltinSignatureAlgorithms(const Napi::CallbackInfo& info) {
  const auto get_names = GetLateBound().SSL_get1_builtin_sigalgs;
  char* names = get_names == nullptr ? nullptr : get_names(nullptr);
  if (names == nullptr) return info.Env().Null();
  Napi::Value text = Napi::String::New(info.Env(), names);
  OPENSSL_free(names);
  return text;
}

// useDhParameters(pem): for DHE in TLS 1.2 and below: SSL_CTX_set0_tmp_dh_pkey(3).
Napi::Value SslContext::UseDhParameters(const Napi::CallbackInfo& info) {
  ERR_clear_error();
  const ByteView bytes = ReadBytes(info[0]);
  const BioPointer bio(
      BIO_new_mem_buf(bytes.data == nullptr ? "" : reinterpret_cast<const char*>(bytes.data), ClampToInt(bytes.size)));
  KeyPointer parameters(PEM_read_bio_Parameters(bio.get(), nullptr));
  if (!parameters) return Failure(info.Env());
  if (SSL_CTX_set0_tmp_dh_pkey(ctx_.get(), parameters.get()) != 1) return Failure(info.Env());
  parameters.release();  // the SSL_CTX owns it now
  ERR_clear_error();
  return info.Env().Undefined();
}

}  // namespace sslkit
