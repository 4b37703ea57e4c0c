#include "objects.h"

#include <openssl/err.h>
#include <openssl/objects.h>

#include <vector>

#include "arguments.h"
#include "pointers.h"

namespace sslkit {

namespace {

Napi::Value DescribeObject(Napi::Env env, const ASN1_OBJECT* object) {
  const int nid = OBJ_obj2nid(object);
  if (nid == NID_undef) return env.Null();
  const int length = OBJ_obj2txt(nullptr, 0, object, 1);
  std::vector<char> oid(length < 0 ? 1 : static_cast<size_t>(length) + 1);
  OBJ_obj2txt(oid.data(), static_cast<int>(oid.size()), object, 1);
  Napi::Array fields = Napi::Array::New(env, 4);
  fields.Set(0u, nid);
  fields.Set(1u, OBJ_nid2sn(nid));
  fields.Set(2u, OBJ_nid2ln(nid));
  fields.Set(3u, oid.data());
  return fields;
}

Napi::Value TextToObject(const Napi::CallbackInfo& info) {
  const std::string text = ReadString(info[0]);
  const int dotted_only = ReadBoolean(info[1]) ? 0 : 1;
  const ObjectPointer object(OBJ_txt2obj(text.c_str(), dotted_only));
  ERR_clear_error();
  return object ? DescribeObject(info.Env(), object.get()) : info.Env().Null();
}

Napi::Value NumberToObject(const Napi::CallbackInfo& info) {
  // Borrowed: OpenSSL's own table owns it.
  const ASN1_OBJECT* object = OBJ_nid2obj(static_cast<int>(ReadInteger(info[0])));
  ERR_clear_error();
  return object == nullptr ? info.Env().Null() : DescribeObject(info.Env(), object);
}

}  // namespace

void ExportObjects(Napi::Env env, Napi::Object exports) {
  exports.Set("textToObject", Napi::Function::New(env, TextToObject, "textToObject"));
  exports.Set("numberToObject", Napi::Function::New(env, NumberToObject, "numberToObject"));
}

}  // namespace sslkit
