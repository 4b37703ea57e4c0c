#pragma once
#include <napi.h>

namespace sslkit {

// textToObject(text, namesToo), numberToObject(nid): OBJ_txt2obj(3). They return [nid, shortName, longName, oid] or null.
void ExportObjects(Napi::Env env, Napi::Object exports);

}  // namespace sslkit
